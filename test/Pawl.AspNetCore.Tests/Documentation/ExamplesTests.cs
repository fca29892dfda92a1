using System.Reflection;

namespace Pawl.AspNetCore.Tests;

/// <summary>What an app types has an example where the editor shows it. <see cref="SnippetTests"/> compiles them all.</summary>
public sealed class ExamplesTests
{
    private static readonly string[] s_types = ["PawlSignInProperties", "SessionManager", "SigningKeyManager", "SessionId"];

    private static readonly Assembly[] s_assemblies = [.. NuGetPackages.Names.Select(static name => Assembly.Load(new AssemblyName(name)))];

    [Fact]
    public void Every_extension_method_and_every_event_has_an_example()
    {
        var extensions = s_assemblies
            .SelectMany(static a => a.GetExportedTypes())
            .Where(static t => t is { IsAbstract: true, IsSealed: true } && t.Name.StartsWith("Pawl", StringComparison.Ordinal))
            .SelectMany(static t =>
                t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)
                    .Select(method => $"M:{t.FullName}.{method.Name}")
            );
        var events = typeof(PawlEvents).GetProperties().Select(static p => $"P:{typeof(PawlEvents).FullName}.{p.Name}");
        var members = extensions.Concat(events).Distinct().ToList();
        Assert.True(members.Count >= 11, $"Only {members.Count} were found.");
        string[] without = [.. members.Where(static member => !HasExample(member))];
        Assert.Empty(without);
    }

    [Fact]
    public void Every_service_and_type_that_an_app_names_has_an_example()
    {
        var types = XmlExamples
            .All.Where(static e => e.Member.StartsWith("T:", StringComparison.Ordinal))
            .Select(static e => e.Member.Split('.')[^1]);
        Assert.Empty(s_types.Except(types));
    }

    // The name of a method is followed by its parameters, or by the number of its type parameters.
    private static bool HasExample(string member) => XmlExamples.All.Any(e => e.Member.Split('(', '`')[0] == member);
}
