using System.Globalization;

namespace Pawl.Tests.StateSpace;

/// <summary>
/// The explorer sees each world in a normal form that leaves things out. That it leaves out nothing that matters is shown by exploring
/// without it: after every number of steps the worlds as they are, brought into the normal form, are the very states that the explorer
/// comes to, and they break the same promises.
/// </summary>
public sealed class NormalFormTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases =>
        ["lock", "race", "store", "disk", "thief", "thief and store", "thief and race", "thief, store and count", "late", "pages", "weak"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Worlds_as_they_are_and_in_normal_form_go_the_same_ways(string name)
    {
        var (bounds, rule, depth) = name switch
        {
            "lock" => (new Bounds { Settle = 2 }, Rule.Real, 14),
            "race" => (
                new Bounds
                {
                    Settle = 2,
                    RoundTrip = 1,
                    Flights = 2,
                },
                Rule.Real,
                10
            ),
            "late" => (
                new Bounds
                {
                    Settle = 2,
                    RoundTrip = 1,
                    Late = 2,
                },
                Rule.Real,
                10
            ),
            "pages" => (
                new Bounds
                {
                    Settle = 4,
                    RoundTrip = 1,
                    Pages = 2,
                    Up = 1,
                    Late = 1,
                },
                Rule.Real,
                12
            ),
            "store" => (new Bounds { Settle = 1, Fallback = 2 }, Rule.Real, 11),
            "disk" => (
                new Bounds
                {
                    Settle = 2,
                    RoundTrip = 1,
                    DiskLag = 2,
                },
                Rule.Real,
                11
            ),
            "thief" => (
                new Bounds
                {
                    Settle = 1,
                    Loot = 2,
                    TheftInTheAir = true,
                },
                Rule.Real,
                9
            ),
            "thief and store" => (
                new Bounds
                {
                    Settle = 1,
                    Loot = 2,
                    Fallback = 1,
                },
                Rule.Real,
                9
            ),
            "thief and race" => (
                new Bounds
                {
                    Settle = 1,
                    RoundTrip = 1,
                    Flights = 2,
                    Loot = 2,
                },
                Rule.Real,
                7
            ),
            "thief, store and count" => (
                new Bounds
                {
                    Settle = 1,
                    Loot = 2,
                    Fallback = 1,
                    Fallbacks = 1,
                    Shared = 3,
                },
                Rule.Real,
                9
            ),
            _ => (new Bounds { Settle = 1, Loot = 2 }, Rule.WithForks, 9),
        };
        Dictionary<string, World> raw = new() { [""] = Model.Start(bounds) };
        HashSet<State> normal = [Model.Start(bounds).Pack(bounds)];
        var total = 0;
        for (var step = 1; step <= depth + (Proof.IsDeep ? 2 : 0); step++)
        {
            Dictionary<string, World> nextRaw = [];
            HashSet<string> rawViolations = [];
            foreach (var world in raw.Values)
            {
                new Model(bounds, rule).Expand(world, (taken, to, violation) =>
                {
                    if (violation is not null)
                    {
                        rawViolations.Add(violation);
                        return;
                    }
                    var copy = new World();
                    copy.CopyFrom(to);
                    nextRaw.TryAdd(Describe(copy), copy);
                });
            }

            HashSet<State> nextNormal = [];
            HashSet<string> normalViolations = [];
            foreach (var state in normal)
            {
                new Model(bounds, rule).Expand(Unpack(state, bounds), (taken, to, violation) =>
                {
                    if (violation is null)
                        nextNormal.Add(to.Pack(bounds));
                    else
                        normalViolations.Add(violation);
                });
            }

            (raw, normal) = (nextRaw, nextNormal);
            total += raw.Count;
            var reached = raw.Values.Select(world => Canonical(world, bounds)).ToHashSet();
            var explored = normal.Select(state => Canonical(Unpack(state, bounds), bounds)).ToHashSet();
            Assert.True(reached.SetEquals(explored), $"After {step} steps of {name}: {reached.Count} and {explored.Count} states");
            Assert.Equal(rawViolations.Order(StringComparer.Ordinal), normalViolations.Order(StringComparer.Ordinal));
        }
        output.WriteLine($"{name} ({bounds}): {total:N0} worlds as they are, the last {raw.Count:N0} of them {normal.Count:N0} states");
    }

    private static World Unpack(State state, Bounds bounds)
    {
        var world = new World();
        new Packer().Unpack(state, world, bounds);
        return world;
    }

    // Requests and loot are in no order, and sorting them leaves ties: of all orders the one with the least state.
    private static State Canonical(World world, Bounds bounds)
    {
        var states =
            from flights in Permutations(world.Flights)
            from loot in Permutations(world.Loot)
            from late in Permutations(world.Late)
            select Pack(world, flights, loot, late, bounds);
        return states.MinBy(static s => (s.A, s.B, s.C, s.D));
    }

    private static State Pack(World world, List<Flight> flights, List<Token> loot, List<LateRequest> late, Bounds bounds)
    {
        var copy = new World();
        copy.CopyFrom(world);
        copy.Flights.Clear();
        copy.Flights.AddRange(flights);
        copy.Loot.Clear();
        copy.Loot.AddRange(loot);
        copy.Late.Clear();
        copy.Late.AddRange(late);
        return copy.PackInOrder(bounds);
    }

    private static IEnumerable<List<T>> Permutations<T>(List<T> items) =>
        items.Count < 2
            ? [items]
            : Enumerable
                .Range(0, items.Count)
                .SelectMany(i => Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => (List<T>)[items[i], .. rest]));

    // Every number there is, but for the next id, which says only how many there were.
    private static string Describe(World world) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{world.Head} {world.HeadAge} {world.Jar} {world.Disk} {world.DiskAge} {world.IsStolen} "
                + $"{string.Join(',', world.OwnerUses.Order())} {string.Join(',', world.ThiefUses.Order())} {world.Fallbacks} "
                + $"{string.Join(',', world.Past)} {string.Join(',', world.Flights)} {string.Join(',', world.Loot)} "
                + $"{string.Join(',', world.Late)}"
        );
}
