namespace Pawl.Faults.Tests;

/// <summary>One node's clock is two minutes fast, and another's two minutes slow: four times what is allowed for.</summary>
internal sealed class WrongClock(Func<StoreServer> start, string store) : Fault
{
    private static readonly TimeSpan Error = TimeSpan.FromMinutes(2);

    public override string Store => store;

    public override string What => "one node's clock is 2 minutes fast, another's 2 minutes slow";

    public static bool IsPossible => Library is not null;

    // What a program is given in place of the system's clock.
    private static string? Library => Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu*").Select(static folder => Path.Combine(folder, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    public static void Set(IDictionary<string, string?> environment, TimeSpan error)
    {
        environment["LD_PRELOAD"] = Library;
        environment["FAKETIME"] = $"{error.TotalSeconds:+0;-0}s";
        // What measures times is right, as it is on a machine whose date is wrong.
        environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
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

    public override Task StrikeAsync(NodeSet nodes, Loss loss, TimeSpan time, CancellationToken cancellationToken) => Task.Delay(time, cancellationToken);
}
