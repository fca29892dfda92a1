namespace Pawl.Stores.Tests.Batches;

/// <summary>
/// However the steps of callers, workers and timers interleave: never more workers than places, each item served once, none stranded.
/// Every interleaving is run, with a clock that the scheduler moves.
/// </summary>
public sealed class BatchQueueTests(ITestOutputHelper output)
{
    private static readonly Bounds Fixed = new(Callers: 4, Places: 1, PlacesWhenStuck: 1, Batch: 2, Stuck: 0, Pauses: 0);
    private static readonly Bounds Growing = new(Callers: 3, Places: 1, PlacesWhenStuck: 3, Batch: 1, Stuck: 2, Pauses: 0);

    /// <summary>SQLite's writer and Redis's fence.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void One_worker_strands_no_item(int batch) => Holds(Fixed with { Batch = batch }, Store);

    [Fact]
    public void Two_workers_strand_no_item() => Holds(Fixed with { Places = 2, PlacesWhenStuck = 2 }, Store);

    /// <summary>PostgreSQL's rotations: while one worker of the maximum is not stuck, every other item is served.</summary>
    [Theory]
    [InlineData(4, 1, 2)]
    [InlineData(3, 1, 3)]
    [InlineData(4, 2, 3)]
    public void Workers_that_are_stuck_strand_no_item(int callers, int places, int placesWhenStuck) =>
        Holds(new(callers, places, placesWhenStuck, Batch: 1, Stuck: placesWhenStuck - 1, Pauses: 1), Store);

    [Fact]
    public void A_worker_that_does_not_look_at_the_queue_after_it_left_strands_an_item() =>
        Fails(Interleavings.Stranded, Fixed, Flaw.LeavesWithoutLooking);

    [Fact]
    public void A_worker_that_looks_at_the_queue_before_it_leaves_strands_an_item() =>
        Fails(Interleavings.Stranded, Fixed with { Callers = 3 }, Flaw.LooksBeforeLeaving);

    [Fact]
    public void A_count_that_exceeds_the_limit_for_a_moment_strands_an_item() =>
        Fails(Interleavings.Stranded, Fixed with { Callers = 3 }, Flaw.CountsBeyondTheLimit);

    [Fact]
    public void Without_a_check_a_stuck_worker_strands_an_item() => Fails(Interleavings.Stranded, Growing, Flaw.NeverChecks);

    [Fact]
    public void Without_a_second_check_a_second_stuck_worker_strands_an_item() => Fails(Interleavings.Stranded, Growing, Flaw.ChecksOnce);

    [Fact]
    public void Workers_that_are_not_counted_exceed_the_limit() =>
        Fails(World.TooMany, Growing with { Callers = 5, Pauses = 1 }, Flaw.ForgetsToCount);

    [Fact]
    public void Without_a_flaw_the_same_steps_strand_no_item()
    {
        Holds(Fixed with { Callers = 3 }, static world => new WeakenedDiscipline(world, Flaw.None));
        Holds(Growing with { Callers = 2 }, static world => new WeakenedDiscipline(world, Flaw.None));
    }

    private static StoreDiscipline Store(World world) => new(world);

    private void Holds(Bounds bounds, Func<World, Discipline> create)
    {
        var exploration = Explore(bounds, create);
        Assert.True(exploration.Violation is null, $"{bounds}: {exploration}");
    }

    private void Fails(string violation, Bounds bounds, Flaw flaw)
    {
        var exploration = Explore(bounds, world => new WeakenedDiscipline(world, flaw));
        Assert.Equal(violation, exploration.Violation);
        Assert.NotEmpty(exploration.Trace);
    }

    private Exploration Explore(Bounds bounds, Func<World, Discipline> create)
    {
        var exploration = Interleavings.Explore(bounds, create);
        output.WriteLine($"{bounds}: {exploration}");
        return exploration;
    }
}
