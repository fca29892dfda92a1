using System.Diagnostics;
using System.Globalization;

namespace Pawl.Client.Tests;

public sealed class ManyProcessesTests(ITestOutputHelper output)
{
    // The long run: PAWL_CLIENT_PROCESSES=50 PAWL_CLIENT_SECONDS=3600 PAWL_CLIENT_PAUSE=10000 PAWL_CLIENT_CALLS=5000.
    private static readonly int s_processes = Read("PAWL_CLIENT_PROCESSES", 6);
    private static readonly int s_seconds = Read("PAWL_CLIENT_SECONDS", 6);

    // The longest pause between two kills, in milliseconds.
    private static readonly int s_pause = Read("PAWL_CLIENT_PAUSE", 1_000);

    // The longest pause between two calls of a process, in milliseconds.
    private static readonly int s_calls = Read("PAWL_CLIENT_CALLS", 100);

    // Four times as long as a call of the client may take. With a shorter settle period, a request of a killed process that arrives late
    // is taken for a thief's: with two seconds that happened on a busy machine.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromSeconds(40);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Processes_that_share_a_file_and_are_killed_at_random_never_sign_in_again(bool usesDpop)
    {
        await using var app = await ClientApp.StartAsync(TimeProvider.System, s_lifetime, usesDpop);
        var (path, random) = (app.File("tokens"), new Random(1));
        var (session, client) = await app.SignInAsync(vault: new FileTokenVault(path), time: TimeProvider.System);
        var first = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
        var processes = Enumerable.Range(0, s_processes).Select(_ => Start()).ToArray();
        Process Start() => CliProcess.Start(app.Address, path, $"loop {s_seconds + 60} {s_calls}", usesDpop: usesDpop);
        var (kills, signIns) = (0, app.SignIns);
        var time = TimeProvider.System.GetTimestamp();
        try
        {
            // On a busy machine it takes long until the first process does anything.
            while (TimeProvider.System.GetElapsedTime(time).TotalSeconds < s_seconds || app.Refreshes < 5)
            {
                await Task.Delay(random.Next(s_pause), Stop);
                if (processes.Any(static process => process.HasExited))
                    Assert.Fail($"Processes have ended. The server refused: {app.Refusals}\n{await WhatTheySaidAsync(processes)}");
                var i = random.Next(processes.Length);
                Kill(processes[i]);
                kills++;
                processes[i] = Start();
            }
        }
        finally
        {
            Array.ForEach(processes, Kill);
        }
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal(first.SessionId, Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).SessionId);
        Assert.Equal(signIns, app.SignIns);
        // One of the processes has bound the session of the first one, and all others have used its key.
        Assert.Equal(usesDpop, (await new FileTokenVault(path).ReadAsync(Stop))!.IsBound);
        output.WriteLine(
            $"{s_processes} processes, {s_seconds} s, {kills} kills, {app.Refreshes} refreshes, {app.SignIns - signIns} sign-ins"
        );
    }

    // The one that was told the verdict says why; the others find an empty vault.
    private static async Task<string> WhatTheySaidAsync(Process[] processes)
    {
        await Task.WhenAny(Task.WhenAll(processes.Select(static process => process.WaitForExitAsync(Stop))), Task.Delay(5_000, Stop));
        return string.Join(
            '\n',
            processes
                .Where(static process => process.HasExited)
                .Select(static process => $"{process.ExitCode}: {process.StandardOutput.ReadToEnd()}{process.StandardError.ReadToEnd()}")
                .Distinct()
        );
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
