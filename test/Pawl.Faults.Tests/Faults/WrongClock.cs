using System.Diagnostics;

namespace Pawl.Faults.Tests;

/// <summary>One node's clock is two minutes fast, and another's two minutes slow: four times what is allowed for.</summary>
internal sealed class WrongClock(Func<StoreServer> start, string store) : Fault
{
    private const string Compiler = "/usr/bin/cc";

    private static readonly TimeSpan Error = TimeSpan.FromMinutes(2);

    public override string Store => store;

    public override string What => "one node's clock is 2 minutes fast, another's 2 minutes slow";

    private static readonly Lazy<string> Library = new(Compile);

    public static bool IsPossible => OperatingSystem.IsLinux() && File.Exists(Compiler);

    /// <summary>Gives a program a clock that is wrong.</summary>
    public static void Set(IDictionary<string, string?> environment, TimeSpan error)
    {
        environment["LD_PRELOAD"] = Library.Value;
        environment["WRONG_CLOCK"] = $"{error.TotalSeconds:0}";
    }

    public override StoreServer StartStore() => start();

    public override async Task PrepareAsync(NodeSet nodes, CancellationToken cancellationToken)
    {
        foreach (var (node, error) in nodes.Nodes.Zip([Error, -Error]))
        {
            node.Kill();
            node.ClockError = error;
            await node.StartAsync(cancellationToken);
        }
    }

    public override Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken) =>
        Task.Delay(time, cancellationToken);

    // For as long as this process runs, and a little longer.
    private static string Compile()
    {
        var library = Path.Combine(Directory.CreateTempSubdirectory("pawl-clock-").FullName, "wrong-clock.so");
        using var compiler = Process.Start(
            Compiler,
            ["-shared", "-fPIC", "-O2", "-o", library, Path.Combine(AppContext.BaseDirectory, "Faults", "wrong-clock.c")]
        );
        compiler.WaitForExit();
        Assert.Equal(0, compiler.ExitCode);
        return library;
    }
}
