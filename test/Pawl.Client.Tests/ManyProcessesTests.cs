using System.Diagnostics;
using System.Globalization;

namespace Pawl.Client.Tests;

public sealed class ManyProcessesTests(ITestOutputHelper output)
{
    // The long run: PAWL_CLIENT_PROCESSES=50 PAWL_CLIENT_SECONDS=3600 PAWL_CLIENT_LIFETIME=40.
    private static readonly int s_processes = Read("PAWL_CLIENT_PROCESSES", 6);
    private static readonly int s_seconds = Read("PAWL_CLIENT_SECONDS", 6);

    // The life of an access token and the settle period, in seconds. The server's promise holds if no request of a killed process arrives
    // later than a settle period, and on a busy machine two seconds are not much.
    private static readonly int s_lifetime = Read("PAWL_CLIENT_LIFETIME", 2);

    [Fact]
    public async Task Processes_that_share_a_file_and_are_killed_at_random_never_sign_in_again()
    {
        await using var app = await ClientApp.StartAsync(TimeProvider.System, TimeSpan.FromSeconds(s_lifetime));
        var (path, random) = (app.File("tokens"), new Random(1));
        var (session, client) = await app.SignInAsync(vault: new FileTokenVault(path), time: TimeProvider.System);
        var first = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
        var processes = Enumerable
            .Range(0, s_processes)
            .Select(_ => CliProcess.Start(app.Address, path, $"loop {s_seconds + 60}"))
            .ToArray();
        var (kills, signIns) = (0, app.SignIns);
        var time = TimeProvider.System.GetTimestamp();
        try
        {
            while (TimeProvider.System.GetElapsedTime(time).TotalSeconds < s_seconds)
            {
                await Task.Delay(random.Next(500), Stop);
                foreach (var process in processes)
                    if (process.HasExited)
                    {
                        var (said, error) = (process.StandardOutput.ReadToEnd(), process.StandardError.ReadToEnd());
                        Assert.Fail($"A process has ended with {process.ExitCode}: {said}{error}");
                    }
                var i = random.Next(processes.Length);
                Kill(processes[i]);
                kills++;
                processes[i] = CliProcess.Start(app.Address, path, $"loop {s_seconds + 60}");
            }
        }
        finally
        {
            Array.ForEach(processes, Kill);
        }
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal(
            first.SessionId,
            Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).SessionId
        );
        Assert.True(app.Refreshes > 1);
        Assert.Equal(signIns, app.SignIns);
        output.WriteLine($"{s_processes} processes, {s_seconds} s, {kills} kills, {app.Refreshes} refreshes, {app.SignIns - signIns} sign-ins");
    }

    private static void Kill(Process process)
    {
        process.Kill(); // SIGKILL
        process.WaitForExit();
        process.Dispose();
    }

    private static int Read(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
