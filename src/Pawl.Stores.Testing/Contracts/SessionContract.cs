using System.Text;

namespace Pawl.Stores.Testing;

/// <summary>Sessions are found as they were created, changed as they were told, and listed for their user.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class SessionContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public void Each_contract_has_a_class_for_this_place()
    {
        var missing = ContractClasses.FindMissing(GetType().Assembly, typeof(TPlace));
        Assert.True(missing.Count == 0, $"The tests of this store lack:\n{string.Join('\n', missing)}");
    }

    [Fact]
    public async Task A_session_is_found_as_it_was_created()
    {
        Session[] sessions =
        [
            NewSession(),
            NewSession() with
            {
                Id = new(new byte[16]),
                Head = new(0, 0),
            },
            NewSession() with
            {
                Id = new(Enumerable.Repeat((byte)255, 16).ToArray()),
                Head = new(uint.MaxValue, ulong.MaxValue),
            },
            NewSession() with
            {
                Head = new(int.MaxValue, long.MaxValue),
                Transport = SessionTransport.Bearer,
                IsPersistent = false,
            },
            NewSession() with
            {
                Transport = SessionTransport.Body,
                Device = "Ada's \"phone\" 📱 \\ % _ ; --",
                SecurityStamp = "STAMP'",
                Claims = Encoding.UTF8.GetBytes("""{"amr":["pwd"],"note":"ü'\u0000"}"""),
            },
            NewSession(new string('ü', 256)) with
            {
                Device = string.Concat(Enumerable.Repeat("😀", 128)),
                Claims = new byte[3000],
            },
            NewSession("'; DROP TABLE pawl_sessions; --") with
            {
                Device = "",
            },
            NewSession() with
            {
                CreatedAt = Start.AddMilliseconds(1),
                LastUsedAt = Start.AddMilliseconds(2),
                ExpiresAt = Start.AddDays(400).AddMilliseconds(3),
            },
        ];
        foreach (var session in sessions)
            await Store.CreateAsync(session, Cancel);
        foreach (var session in sessions)
        {
            AssertSame(session, await Store.FindAsync(session.Id, Cancel));
            AssertSame(session, await Other.FindAsync(session.Id, Cancel));
        }
    }

    [Fact]
    public async Task Times_are_kept_to_the_millisecond_and_never_rounded_up()
    {
        var late = TimeSpan.FromTicks(9_999);
        var session = await CreateAsync(
            NewSession() with
            {
                CreatedAt = Start + late,
                LastUsedAt = Start + late,
                ExpiresAt = Start.AddDays(90) + late,
            }
        );
        var found = (await FindAsync(session))!;
        Assert.Equal((Start, Start, Start.AddDays(90)), (found.CreatedAt, found.LastUsedAt, found.ExpiresAt));
    }

    [Fact]
    public async Task A_time_means_the_same_moment_in_whatever_zone_it_was_given()
    {
        var session = await CreateAsync(NewSession() with { CreatedAt = Start.ToOffset(TimeSpan.FromHours(14)) });
        Assert.Equal(Start, (await FindAsync(session))!.CreatedAt);
    }

    [Fact]
    public async Task An_unknown_session_is_none()
    {
        await CreateAsync();
        var id = NewId();
        Assert.Null(await Store.FindAsync(id, Cancel));
        Assert.False(await Store.UpdateAsync(id, new() { Claims = new byte[] { 1 }, SecurityStamp = "x" }, Cancel));
        Assert.False(await Store.EndAsync(id, Ending(), Cancel));
        Assert.Null(await Store.RotateAsync(NextMove(NewSession()), Cancel));
        Assert.Empty(await Store.ListAllAsync("nobody", Cancel));
        Assert.Empty(await Store.EndAllNowAsync("nobody", null, Ending(), Cancel));
        Assert.Empty(await ReadAllEndingsAsync());
    }

    [Fact]
    public async Task Ids_that_differ_in_one_bit_are_two_sessions()
    {
        var bytes = NewId().ToByteArray();
        await Store.CreateAsync(NewSession() with { Id = new(bytes) }, Cancel);
        for (var bit = 0; bit < 128; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.Null(await Store.FindAsync(new(bytes), Cancel));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.NotNull(await Store.FindAsync(new(bytes), Cancel));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task An_update_replaces_what_it_names_and_nothing_else(bool claims, bool stamp)
    {
        var session = await CreateAsync(NewSession() with { Claims = "{\"a\":1}"u8.ToArray(), SecurityStamp = "old", Device = "phone" });
        var other = await CreateAsync();
        Assert.True(
            await Other.UpdateAsync(
                session.Id,
                new() { Claims = claims ? "{\"b\":2}"u8.ToArray() : default(ReadOnlyMemory<byte>?), SecurityStamp = stamp ? "new" : null },
                Cancel
            )
        );

        AssertSame(
            session with
            {
                Claims = claims ? "{\"b\":2}"u8.ToArray() : session.Claims,
                SecurityStamp = stamp ? "new" : "old",
            },
            await FindAsync(session)
        );
        AssertSame(other, await FindAsync(other));
    }

    [Fact]
    public async Task What_has_ended_is_not_updated()
    {
        var session = await CreateAsync(NewSession() with { SecurityStamp = "old" });
        await Store.EndAsync(session.Id, Ending(), Cancel);
        Assert.False(await Store.UpdateAsync(session.Id, new() { Claims = new byte[] { 1 }, SecurityStamp = "new" }, Cancel));
        AssertSame(session with { End = Ending() }, await FindAsync(session));
    }

    [Fact]
    public async Task A_users_sessions_are_listed_newest_first_expired_or_not_without_those_that_have_ended()
    {
        var old = await CreateAsync(
            NewSession() with
            {
                CreatedAt = Start.AddDays(-100),
                LastUsedAt = Start.AddDays(-100),
                ExpiresAt = Start.AddDays(-10),
            }
        );
        var newest = await CreateAsync(NewSession() with { CreatedAt = Start.AddMinutes(2) });
        var middle = await CreateAsync(NewSession() with { CreatedAt = Start.AddMinutes(1) });
        var ended = await CreateAsync();
        await Store.EndAsync(ended.Id, Ending(), Cancel);
        await CreateAsync(NewSession("bob"));

        var list = await Other.ListAllAsync("ada", Cancel);

        Assert.Equal([newest.Id, middle.Id, old.Id], list.Select(static s => s.Id));
        AssertSame(middle, list[1]);
    }

    [Requirement("SES-06")]
    [Fact]
    public async Task A_subject_is_its_exact_characters()
    {
        string[] subjects = ["ada", "Ada", "ADA", "ada ", " ada", "ada\u0308", "ad\u00e4", "ada%", "ada_", "a", "1", "01", "1.0"];
        foreach (var subject in subjects)
            await CreateAsync(NewSession(subject));
        foreach (var subject in subjects)
            Assert.Equal(subject, Assert.Single(await Store.ListAllAsync(subject, Cancel)).Subject);
        Assert.Single(await Store.EndAllNowAsync("ada", null, Ending(), Cancel));
        Assert.Single(await Store.ListAllAsync("Ada", Cancel));
    }

    [Requirement("SES-06")]
    [Theory]
    [InlineData(0)]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    public async Task A_text_that_cannot_be_kept_is_the_callers_fault_and_not_the_stores(int character)
    {
        // An attribute cannot hold half of a surrogate pair either.
        var text = "ada" + (char)character;
        // A store that replaces half of a surrogate pair would turn it into this.
        var replaced = await CreateAsync(NewSession("ada\uFFFD"));
        foreach (var session in new[] { NewSession(text), NewSession() with { Device = text }, NewSession() with { SecurityStamp = text } })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await Store.CreateAsync(session, Cancel));
            Assert.Null(await FindAsync(session));
        }
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await Store.UpdateAsync(replaced.Id, new() { SecurityStamp = text }, Cancel)
        );
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.ListAsync(text, null, 10, Cancel));
        await Assert.ThrowsAsync<ArgumentException>(async () => await Store.EndAllNowAsync(text, null, Ending(), Cancel));
        AssertSame(replaced, await FindAsync(replaced));
        Assert.Empty(await Store.ListAllAsync("ada", Cancel));
    }

    [Fact]
    public async Task A_store_that_works_says_so_and_shows_nothing_of_it()
    {
        for (var i = 0; i < 3; i++)
        {
            await Store.CheckAsync(Cancel);
            await Other.CheckAsync(Cancel);
        }
        Assert.Empty(await ReadAllEndingsAsync());
        Assert.Equal(0, await Store.PruneAsync(Start.AddDays(1000), Start.AddDays(1000), Cancel));
    }

    [Fact]
    public async Task Many_at_once_are_all_kept()
    {
        var sessions = Enumerable.Range(0, 1000).Select(static i => NewSession($"user {i % 10}")).ToList();
        var options = new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancel };
        await Parallel.ForEachAsync(sessions, options, async (session, cancel) =>
        {
            var store = session.Id.GetHashCode() % 2 == 0 ? Store : Other;
            await store.CreateAsync(session, cancel);
            AssertSame(session, await store.FindAsync(session.Id, cancel));
        });
        for (var i = 0; i < 10; i++)
            Assert.Equal(100, (await Store.ListAllAsync($"user {i}", Cancel)).Count);
    }
}
