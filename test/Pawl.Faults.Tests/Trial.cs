using System.Diagnostics;

namespace Pawl.Faults.Tests;

/// <summary>One fault, under load, and what was left of the promises.</summary>
internal static class Trial
{
    // Starting, signing in and looking at everything afterwards, on a machine that has other things to do.
    private static readonly TimeSpan Besides = TimeSpan.FromMinutes(8);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);

    /// <param name="fault">What happens.</param>
    /// <param name="time">For how long there is load.</param>
    /// <param name="clients">How many there are.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Row> RunAsync(Fault fault, TimeSpan time, int clients, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(time + Besides);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        var (counts, loss) = (new Counts(), new Loss());
        await using var nodes = await NodeSet.StartAsync(fault.StartStore(), deadline.Token);
        using var people = new Population(clients, nodes, counts, loss, deadline.Token);
        try
        {
            await people.ArriveAsync(deadline.Token);
            await fault.PrepareAsync(nodes, deadline.Token);

            var watch = Stopwatch.StartNew();
            var load = people.RunAsync(stop.Token, deadline.Token);
            await Task.Delay(Calm, deadline.Token);
            var struck = fault.StrikeAsync(nodes, loss, time - Calm - Calm, deadline.Token);
            await await Task.WhenAny(struck, load);
            await struck;
            if (time - watch.Elapsed is { Ticks: > 0 } rest)
                await Task.Delay(rest, deadline.Token);
            await stop.CancelAsync();
            await load;
            var seconds = watch.Elapsed.TotalSeconds;
            await new Verification(nodes, people, loss, deadline.Token).RunAsync();
            if (!counts.Unfit.IsEmpty)
                TestContext.Current.TestOutputHelper?.WriteLine(string.Join("\n\n", nodes.Nodes.Select(static n => n.Said)));
            return Row.Of(fault, seconds, people, counts, loss);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException(
                $"{fault.Store}, {fault.What}: {e.Message}\n{string.Join("\n\n", nodes.Nodes.Select(static n => n.Said))}",
                e
            );
        }
    }
}
