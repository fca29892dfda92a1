using System.Globalization;
using Pawl.AspNetCore.Tests;

namespace Pawl.EndToEnd.Harness;

/// <summary>
/// A folder outside the repository with an app of each template, made by <c>dotnet new</c> and built once from the packages of this build.
/// Templates and packages are kept in this folder, too, so the user's own are not touched.
/// </summary>
public sealed class NewApps(NuGetPackages packages) : IAsyncLifetime
{
    /// <summary>A name that is no identifier.</summary>
    public const string Spa = "my-app";

    /// <summary>A name that begins with a digit and has a space.</summary>
    public const string Pages = "3d shop";

    public const string Api = "Notes.Api";

    private static readonly (string Template, string Name)[] All = [("pawl-spa", Spa), ("pawl-pages", Pages), ("pawl-api", Api)];

    private readonly string _folder = Directory.CreateTempSubdirectory("pawl-new-").FullName;
    private readonly Dictionary<string, Uri> _addresses = [];

    public async ValueTask InitializeAsync()
    {
        await packages.ConfigureAsync(_folder);
        using var shell = new Shell(_folder);
        await shell.RunAsync($"dotnet new install '{await packages.FindAsync(NuGetPackages.Templates)}'");
        foreach (var (template, name) in All)
        {
            var port = Ports.FindFree();
            _addresses[name] = new($"http://localhost:{port.ToString(CultureInfo.InvariantCulture)}");
            await shell.RunAsync($"dotnet new {template} -o '{name}' --port {port}");
        }
        // One run of MSBuild for all of them.
        var projects = string.Join(';', All.Select(static app => $"{app.Name}/tests/{app.Name}.Tests.csproj"));
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "all.proj"),
            $"""
            <Project>
              <Target Name="All">
                <MSBuild Projects="{projects}" Targets="Restore" Properties="IsRestore=true" />
                <MSBuild Projects="{projects}" Targets="Build" BuildInParallel="true"
                  Properties="RunAnalyzers=false;TreatWarningsAsErrors=true" />
              </Target>
            </Project>
            """
        );
        await shell.RunAsync("dotnet msbuild all.proj -nologo -v:quiet -m:2");
    }

    /// <summary>The address that the app was made for.</summary>
    internal Uri AddressOf(string name) => _addresses[name];

    /// <summary>A terminal in the folder of an app.</summary>
    internal async Task<Shell> OpenAsync(string name)
    {
        var shell = new Shell(_folder);
        await shell.RunAsync($"cd '{name}'");
        return shell;
    }

    /// <summary>A terminal in the folder of an app that runs.</summary>
    internal async Task<Shell> RunAsync(string name)
    {
        var shell = await OpenAsync(name);
        await shell.StartAsync("dotnet run --no-build");
        return shell;
    }

    public ValueTask DisposeAsync()
    {
        TemporaryFolder.Delete(_folder);
        return ValueTask.CompletedTask;
    }
}
