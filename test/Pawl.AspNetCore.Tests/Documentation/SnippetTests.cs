using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// The C# in the documentation and in the XML examples compiles. Whole programs are files of this repository; single lines
/// go into a method with the usual variables.
/// </summary>
public sealed partial class SnippetTests
{
    private static readonly string[] s_programs =
    [
        "samples/Minimal/Program.cs",
        "samples/Aot/Program.cs",
        "test/Pawl.AspNetCore.Tests/Examples/SessionTests.cs",
    ];

    // The lines of a page assume these.
    private const string Around = """
        using System.Net;
        using System.Net.Http.Headers;
        using System.Net.ServerSentEvents;
        using System.Net.WebSockets;
        using System.Runtime.InteropServices;
        using System.Security.Claims;
        using System.Security.Cryptography;
        using System.Text;
        using System.Text.Json;
        using Grpc.Core;
        using Grpc.Net.Client;
        using Microsoft.AspNetCore.Authentication;
        using Microsoft.AspNetCore.Authentication.Cookies;
        using Microsoft.AspNetCore.Authorization;
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
        using Microsoft.AspNetCore.DataProtection;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.AspNetCore.Http;
        using Microsoft.AspNetCore.HttpOverrides;
        using Microsoft.AspNetCore.Identity;
        using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
        using Microsoft.AspNetCore.Mvc.Testing;
        using Microsoft.AspNetCore.Routing;
        using Microsoft.AspNetCore.SignalR.Client;
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Logging;
        using Pawl;
        using Pawl.AspNetCore;
        using Pawl.Client;
        using Pawl.Stores.Testing;
        using Pawl.Testing;
        using Yarp.ReverseProxy.Transforms;

        public sealed class Program;
        // As .NET MAUI and System.Security.Cryptography.ProtectedData declare them.
        namespace Microsoft.Maui.Storage
        {
            public interface ISecureStorage
            {
                Task<string?> GetAsync(string key);
                Task SetAsync(string key, string value);
                bool Remove(string key);
                void RemoveAll();
            }
        }
        namespace System.Security.Cryptography
        {
            public enum DataProtectionScope { CurrentUser, LocalMachine }
            public static class ProtectedData
            {
                public static byte[] Protect(byte[] userData, byte[]? optionalEntropy, DataProtectionScope scope) => userData;
                public static byte[] Unprotect(byte[] encryptedData, byte[]? optionalEntropy, DataProtectionScope scope) => encryptedData;
            }
        }
        public static class MyStoreExtensions { public static PawlBuilder AddMyStore(this PawlBuilder builder, string file) => builder; }
        public sealed class MyPlace : StorePlace
        {
            public override OpenStore Open() => throw new NotSupportedException();
            public override ValueTask DisposeAsync() => throw new NotSupportedException();
        }
        public static class Greeter
        {
            public sealed class GreeterClient(CallInvoker invoker) : ClientBase(invoker);
        }
        public sealed record Login(string Name, string Password);
        public sealed class User : IdentityUser;
        public sealed class UserDatabase(DbContextOptions<UserDatabase> options) : IdentityDbContext<User>(options);
        """;

    [Fact]
    public async Task Every_program_and_every_line_of_CSharp_in_the_documentation_compiles()
    {
        var source = new StringBuilder(Around);
        var (lines, programs) = (0, s_programs.Select(SourceTree.Read).ToArray());
        // The programs of the first page are built by its own test.
        foreach (var page in DocumentationPages.All.Where(static page => page != DocumentationPages.First))
        {
            foreach (Match match in Fence().Matches(SourceTree.Read(page)))
            {
                var indent = match.Groups["indent"].Length;
                var code = Map(match.Groups["code"].Value, line => line.Length > indent ? line[indent..] : line.Trim());
                if (code.StartsWith("using ", StringComparison.Ordinal))
                    Assert.True(programs.Contains(code), $"{page} shows a program that is no file of the repository:\n{code}");
                else
                    Append(source, ++lines, page, code);
            }
        }
        foreach (var (member, code) in XmlExamples.All)
            Append(source, ++lines, member, code);
        Assert.True(lines >= 40, $"Only {lines} were found.");
        Assert.Equal("", await CompileAsync(source.ToString()));
    }

    private static void Append(StringBuilder source, int number, string page, string code)
    {
        // A class is no line of a method.
        if (code.StartsWith("public ", StringComparison.Ordinal))
        {
            source.Append(
                $$"""

                namespace Snippet{{number}}
                {
                #line 1 "{{page}}, example {{number}}"
                {{code}}
                #line default
                }
                """
            );
            return;
        }
        // An ellipsis stands for code that is left out.
        var body = Map(code, static line => line.Trim() == "…" ? "" : line.Replace(" … ", " ", StringComparison.Ordinal));
        var end = body.TrimStart().StartsWith("return ", StringComparison.Ordinal) ? "" : "return null;";
        source.Append(
            $$"""

            public static class Snippet{{number}}
            {
                private static string Pay() => "";
                public static async Task<object?> RunAsync(
                    WebApplicationBuilder builder, WebApplication app, HttpContext context, ClaimsPrincipal user, SessionManager sessions)
                {
                    await Task.CompletedTask;
            #line 1 "{{page}}, example {{number}}"
            {{body}}
            #line default
                    {{end}}
                }
            }
            """
        );
    }

    private static string Map(string code, Func<string, string> line) => string.Join('\n', code.Split('\n').Select(line));

    // Uses the compiler of the SDK that builds these tests. Empty if there are no errors.
    private static async Task<string> CompileAsync(string source)
    {
        using var folder = new TestFolder();
        var file = Path.Combine(folder.Path, "Snippets.cs");
        var options = Path.Combine(folder.Path, "Snippets.rsp");
        string[] implicitUsings =
        [
            "System",
            "System.Collections.Generic",
            "System.IO",
            "System.Linq",
            "System.Net.Http",
            "System.Threading",
            "System.Threading.Tasks",
        ];
        await File.WriteAllTextAsync(file, string.Concat(implicitUsings.Select(static name => $"global using {name};\n")) + source);
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Where(static path =>
                Path.GetFileName(path) is not ("Minimal.dll" or "Aot.dll" or "Tested.dll" or "Pawl.AspNetCore.Tests.dll")
            );
        await File.WriteAllLinesAsync(
            options,
            [
                "-nologo",
                "-noconfig",
                "-nostdlib",
                "-target:library",
                "-nullable:enable",
                "-langversion:latest",
                $"-out:{Path.Combine(folder.Path, "Snippets.dll")}",
                .. references.Select(static path => $"-r:\"{path}\""),
                $"\"{file}\"",
            ]
        );

        var dotnet = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        var compiler = Directory
            .GetDirectories(Path.Combine(dotnet, "sdk"), "10.*")
            .Order(StringComparer.Ordinal)
            .Select(static sdk => Path.Combine(sdk, "Roslyn/bincore/csc.dll"))
            .LastOrDefault(File.Exists);
        Assert.SkipUnless(compiler is not null, $"There is no SDK beside the runtime in {dotnet}.");
        using var process = Process.Start(
            new ProcessStartInfo(Path.Combine(dotnet, "dotnet"), ["exec", compiler, $"@{options}"])
            {
                RedirectStandardOutput = true,
                WorkingDirectory = folder.Path,
            }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return string.Join('\n', output.Split('\n').Where(static line => line.Contains(": error ", StringComparison.Ordinal)));
    }

    [GeneratedRegex("""^(?<indent> *)```csharp\n(?<code>.*?)^ *```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();
}
