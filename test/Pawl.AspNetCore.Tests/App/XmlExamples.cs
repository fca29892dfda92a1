using System.Xml.Linq;

namespace Pawl.AspNetCore.Tests;

/// <summary>The examples in the XML documentation of the packages, which editors show.</summary>
internal static class XmlExamples
{
    /// <summary>Each member that has an example, such as <c>T:Pawl.SessionId</c>, with the code.</summary>
    public static IReadOnlyList<(string Member, string Code)> All { get; } =
    [
        .. NuGetPackages
            .Names.Select(static name => XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{name}.xml")))
            .SelectMany(static file => file.Descendants("example").Descendants("code"))
            .Select(static code => (code.Ancestors("member").Single().Attribute("name")!.Value, Unindent(code.Value))),
    ];

    // The compiler keeps the indent of the file.
    private static string Unindent(string code)
    {
        var lines = code.Split('\n').Where(static line => line.Trim().Length > 0).ToList();
        var indent = lines.Min(static line => line.Length - line.TrimStart().Length);
        return string.Concat(lines.Select(line => line[indent..].TrimEnd() + "\n"));
    }
}
