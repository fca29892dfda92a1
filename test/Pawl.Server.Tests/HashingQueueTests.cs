using System.Security.Cryptography;
using System.Text;

namespace Pawl.Server.Tests;

/// <summary>Who gets the next turn at hashing, and who gets a place to wait in.</summary>
public sealed class HashingQueueTests
{
    private const int Places = 50;

    private readonly HashingQueue _queue = new(processors: 1);
    private readonly List<string> _turns = [];

    [Fact]
    public async Task Turns_go_round_among_the_parties()
    {
        var first = await EnterAsync("first");
        var waiting = new List<Task>();
        foreach (var name in new[] { "flood", "flood", "flood", "ada", "flood", "bob" })
            waiting.Add(RunAsync(name));
        first!.Dispose();
        await Task.WhenAll(waiting);
        Assert.Equal(["flood", "ada", "bob", "flood", "flood", "flood"], _turns);
    }

    [Fact]
    public async Task A_newcomer_takes_the_last_place_of_the_party_that_has_most()
    {
        var first = await EnterAsync("first");
        var flood = Enumerable.Range(0, Places).Select(_ => EnterAsync("flood")).ToList();
        Assert.Null(await EnterAsync("flood"));

        var ada = EnterAsync("ada");

        Assert.Null(await flood[^1]);
        Assert.False(ada.IsCompleted);
        first!.Dispose();
        (await flood[0])!.Dispose();
        Assert.NotNull(await ada);
    }

    [Fact]
    public async Task Parties_with_one_place_each_keep_it()
    {
        _ = await EnterAsync("first");
        var all = Enumerable.Range(0, Places).Select(i => EnterAsync($"stranger {i}")).ToList();
        Assert.Null(await EnterAsync("one more"));
        Assert.DoesNotContain(all, static a => a.IsCompleted);
        // A known browser still gets a place.
        Assert.False(EnterAsync("known", isKnown: true).IsCompleted);
        Assert.Null(await await Task.WhenAny(all));
    }

    [Fact]
    public async Task A_flood_of_a_known_party_does_not_keep_strangers_out()
    {
        var first = await EnterAsync("first");
        var flood = Enumerable.Range(0, Places).Select(_ => EnterAsync("flood", isKnown: true)).ToList();
        var ada = EnterAsync("ada");
        Assert.Null(await flood[^1]);
        first!.Dispose();
        (await flood[0])!.Dispose();
        Assert.NotNull(await ada);
    }

    [Fact]
    public async Task One_account_has_a_quarter_of_the_places_from_any_number_of_addresses()
    {
        _ = await EnterAsync("first");
        var account = Guid.NewGuid();
        var all = Enumerable.Range(0, Places).Select(i => EnterAsync($"address {i}", account: account)).ToList();
        Assert.Equal(Places / 4, all.Count(static a => !a.IsCompleted));
        Assert.False(EnterAsync("ada").IsCompleted);
    }

    [Fact]
    public async Task A_client_that_leaves_gives_its_place_back()
    {
        var first = await EnterAsync("first");
        using var gone = new CancellationTokenSource();
        var left = _queue.EnterAsync(new(Id("left"), IsKnown: false), gone.Token).AsTask();
        var next = EnterAsync("next");
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        first!.Dispose();
        (await next)!.Dispose();
        // No turn is lost.
        Assert.NotNull(await EnterAsync("last"));
    }

    private async Task RunAsync(string party)
    {
        using (await EnterAsync(party))
            _turns.Add(party);
    }

    private Task<IDisposable?> EnterAsync(string party, bool isKnown = false, Guid? account = null) =>
        _queue.EnterAsync(new(Id(party), isKnown, account), TestContext.Current.CancellationToken).AsTask();

    private static Guid Id(string party) => new(SHA256.HashData(Encoding.UTF8.GetBytes(party)).AsSpan(0, 16));
}
