using Pawl.Stores.Testing.Histories;

namespace Pawl.Stores.Testing;

/// <summary>
/// Concurrent calls are linearizable for each session: every response is as if the calls had come one after the other. It makes 10,000
/// calls, or 100,000 with <c>PAWL_PROVE=1</c> in the environment.
/// </summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class HistoryContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    private const int UsersAtOnce = 8;

    private static readonly int Operations = Environment.GetEnvironmentVariable("PAWL_PROVE") == "1" ? 100_000 : 10_000;

    [Requirement("RT-04", "RT-14", "SES-04")]
    [Fact]
    public async Task Calls_that_overlap_are_answered_as_if_they_came_one_after_the_other()
    {
        var third = Open().Sessions;
        await third.InitializeAsync(Cancel);
        var seed = Environment.TickCount & 0xFFFFFFF;
        var (answered, unanswered, histories) = (0, 0, 0);
        await Task.WhenAll(
            Enumerable
                .Range(0, UsersAtOnce)
                .Select(turn =>
                    Task.Run(
                        async () =>
                        {
                            for (var number = turn; Volatile.Read(ref answered) < Operations; number += UsersAtOnce)
                            {
                                var user = new RecordedUser([Store, Other, third], seed + number * 100, Cancel);
                                await user.RunAsync();
                                foreach (var history in user.Histories)
                                {
                                    Assert.True(
                                        Linearizability.Holds(history),
                                        $"Seed {seed}, user {number}: no order explains this.\n{string.Join('\n', history)}"
                                    );
                                    Interlocked.Increment(ref histories);
                                }
                                Interlocked.Add(ref answered, user.Answered);
                                Interlocked.Add(ref unanswered, user.Calls - user.Answered);
                            }
                        },
                        Cancel
                    )
                )
        );
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{answered} calls that were answered, and {unanswered} that were not, in the histories of {histories} sessions: "
                + $"each has an order. Seed {seed}"
        );
    }
}
