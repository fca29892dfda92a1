using System.Net.Http.Json;
using Pawl.Client.Tests;

namespace Pawl.Server.Tests;

public sealed class CliSampleTests
{
    [Fact]
    public async Task The_sample_of_a_command_line_signs_in_stays_signed_in_and_signs_out()
    {
        await using var server = await ServerProcess.StartAsync();
        using var http = new HttpClient();
        const string Password = "correct horse battery";
        (
            await http.PostAsJsonAsync(
                new Uri(server.Address, "/auth/register"),
                new { email = "ada@example.com", password = Password },
                TestContext.Current.CancellationToken
            )
        ).EnsureSuccessStatusCode();
        var folder = Directory.CreateTempSubdirectory("pawl-cli-");
        var vault = Path.Combine(folder.FullName, "tokens.json");
        try
        {
            Assert.Equal((1, "SignedOut\n"), await CliProcess.RunAsync(server.Address, vault, "whoami"));
            Assert.Equal(3, (await CliProcess.RunAsync(server.Address, vault, "login ada@example.com", "wrong password")).Exit);
            Assert.Equal(0, (await CliProcess.RunAsync(server.Address, vault, "login ada@example.com", Password)).Exit);
            Assert.Contains("\"active\":true", (await CliProcess.RunAsync(server.Address, vault, "me")).Output, StringComparison.Ordinal);
            Assert.Equal(0, (await CliProcess.RunAsync(server.Address, vault, "refresh")).Exit);
            Assert.Equal(0, (await CliProcess.RunAsync(server.Address, vault, "logout")).Exit);
            Assert.Equal(1, (await CliProcess.RunAsync(server.Address, vault, "whoami")).Exit);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
