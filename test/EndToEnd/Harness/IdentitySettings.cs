using System.Diagnostics;
using System.Reflection;
using Pawl.EndToEnd.Scenarios;

namespace Pawl.EndToEnd.Harness;

/// <summary>samples/Identity as it is: the pages of ASP.NET Core Identity.</summary>
public sealed record IdentitySettings : ServerProgram
{
    private static readonly string Program = typeof(IdentitySettings)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static a => a.Key == "IdentityProgram")
        .Value!;

    private const string OpenIdConnect = "--Authentication:Schemes:OpenIdConnect:";

    public static readonly IdentitySettings Default = new();

    /// <summary>Where users may sign in besides; null for no such provider.</summary>
    public Uri? Provider { get; init; }

    internal override string Probe => "/Identity/Account/Login";

    internal override ProcessStartInfo Describe(DirectoryInfo folder, Uri address)
    {
        List<string> arguments =
        [
            "--urls",
            address.ToString(),
            "--contentRoot",
            Repository.File("samples/Identity"),
            "--ConnectionStrings:Sessions",
            $"Data Source={Path.Combine(folder.FullName, "sessions.db")}",
            "--ConnectionStrings:DefaultConnection",
            $"Data Source={Path.Combine(folder.FullName, "users.db")}",
            // The style sheets of Identity's package are found without publishing the app.
            "--environment",
            "Development",
        ];
        if (Provider is not null)
        {
            (string Name, string Value)[] settings =
            [
                ("Authority", Provider.ToString().TrimEnd('/')),
                ("ClientId", "app"),
                ("ClientSecret", "the secret of the app"),
                ("RequireHttpsMetadata", "false"),
                // The provider's page that posts a response by itself needs a script.
                ("ResponseType", "code"),
                ("ResponseMode", "query"),
            ];
            arguments.AddRange(settings.SelectMany(static setting => new[] { OpenIdConnect + setting.Name, setting.Value }));
        }
        var start = ServerLauncher.Describe(folder.FullName, arguments);
        start.ArgumentList[0] = Program;
        start.Environment["Logging__Console__FormatterName"] = "simple";
        start.Environment["Logging__Console__FormatterOptions__SingleLine"] = "true";
        // Each test sends requests for style sheets, which are not what it is about.
        start.Environment["Logging__LogLevel__Microsoft"] = "Warning";
        return start;
    }
}
