using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Xunit.Sdk;
using Xunit.v3;

// Each test has a server of its own, which hashes passwords: side by side they would only wait for each other.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Pawl.Server.Tests;

/// <summary>The real server, as a program of its own with a folder of its own.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // What every token begins with, and what everybody here signs in with.
    private static readonly string[] NeverWritten = ["pawl_r1_", "eyJhbGciOi", Client.Password];

    private readonly DirectoryInfo _folder;
    private readonly bool _ownsFolder;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly (string Name, string Value)[] _variables;
    private readonly Process _process;

    private ServerProcess((string Name, string Value)[] variables, string? folder = null, string[]? arguments = null)
    {
        _ownsFolder = folder is null;
        _folder = folder is null ? Directory.CreateTempSubdirectory("pawl-server-") : new(folder);
        _variables = variables;
        _process = ServerLauncher.Start(Describe(arguments ?? ["--urls", "http://127.0.0.1:0"]), Take);
    }

    private ProcessStartInfo Describe(params string[] arguments)
    {
        var start = ServerLauncher.Describe(_folder.FullName, arguments);
        start.Environment["Logging__LogLevel__Default"] = "Debug";
        start.Environment["Logging__LogLevel__Microsoft.AspNetCore"] = "Debug";
        start.Environment["Logging__LogLevel__Microsoft.EntityFrameworkCore"] = "Debug";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        foreach (var (name, value) in _variables)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _listening.Task.Result;

    /// <summary>The files that the server has made.</summary>
    public string[] Files => Directory.GetFileSystemEntries(_folder.FullName, "*", SearchOption.AllDirectories);

    /// <summary>All that it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>What it has cost so far: unlike the time it took, nobody else on the machine is in it.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static Task<ServerProcess> StartAsync(params (string Name, string Value)[] variables) => StartAsync(null, variables);

    /// <summary>Starts a server in a folder of the caller.</summary>
    public static async Task<ServerProcess> StartAsync(string? folder, params (string Name, string Value)[] variables)
    {
        var server = new ServerProcess(variables, folder);
        if (
            await Task.WhenAny(server._listening.Task, server._process.WaitForExitAsync(TestContext.Current.CancellationToken))
            == server._listening.Task
        )
            return server;
        throw new InvalidOperationException($"The server did not start.\n{server.Output}");
    }

    /// <summary>Starts one that is not to get far, and waits for its end.</summary>
    public static Task<(int ExitCode, string Output)> FailAsync(params (string Name, string Value)[] variables) =>
        FailAsync(new ServerProcess(variables));

    /// <summary>Runs the program with arguments that are not to start a server, and waits for its end.</summary>
    public static Task<(int ExitCode, string Output)> FailAsync(string[] arguments) =>
        FailAsync(new ServerProcess([], arguments: arguments));

    private static async Task<(int ExitCode, string Output)> FailAsync(ServerProcess server)
    {
        await using (server)
        {
            await Task.WhenAny(server._listening.Task, server._process.WaitForExitAsync(TestContext.Current.CancellationToken));
            Assert.False(server._listening.Task.IsCompleted, $"The server did start.\n{server.Output}");
            return (server._process.ExitCode, server.Output);
        }
    }

    /// <summary>What an operator does beside it: another run of the program, with the same folder and settings.</summary>
    public Task<(int ExitCode, string Output)> RunAsync(params string[] command) =>
        FailAsync(new ServerProcess(_variables, _folder.FullName, command));

    /// <summary>Ends it as a crash would.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Somebody at an address: any of 127.0.0.0/8 is this machine, and another one to the server.</summary>
    public Client From(string address = "127.0.0.1") => new(this, address);

    /// <summary>Asks the database itself, past the server.</summary>
    public T Query<T>(string sql, params (string Name, object Value)[] parameters)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_folder.FullName, "pawl.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return (T)command.ExecuteScalar()!;
    }

    private void Take(string line)
    {
        lock (_output)
            _output.Add(line);
        if (line.Split("Now listening on: ") is [_, var url])
            _listening.TrySetResult(new Uri(url));
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        if (_ownsFolder)
            TemporaryFolder.Delete(_folder.FullName);
        Assert.DoesNotContain(Output.Split('\n'), static line => NeverWritten.Any(line.Contains));
    }
}
