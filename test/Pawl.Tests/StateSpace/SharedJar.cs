namespace Pawl.Tests.StateSpace;

/// <summary>How a browser keeps a first user's late responses from replacing the second user's sign-in.</summary>
internal enum SignInRule
{
    /// <summary>Not at all: the cookies of the last response count.</summary>
    None,

    /// <summary>A cookie that only a sign-in writes, and that the refresh which spends its token deletes.</summary>
    DeletedWhenSpent,

    /// <summary>The same cookie, which no refresh touches: the rule of the protocol.</summary>
    Real,
}

/// <summary>
/// Two users in turn in one browser. Responses arrive as late as possible, in any order, or never. The rule is
/// <see cref="Rotation.Decide"/>. The second user's client has one refresh under way at a time.
/// </summary>
internal sealed class SharedJar(SignInRule rule)
{
    public const string OtherUser = "The browser is the first user's after the second has signed in.";
    public const string SignedOut = "The second user is signed out.";

    private const int Ann = 1,
        Bob = 2;
    private const int MaxFlights = 2,
        MaxGeneration = 6;

    // The maximum of tokens: a bound on the length of a history.
    private static readonly int MaxIds = Proof.IsDeep ? 13 : 10;

    private static readonly SessionPolicy Policy = new() { SettlePeriod = TimeSpan.FromSeconds(1) };

    /// <summary>A refresh token of a session; without a session, none.</summary>
    private readonly record struct Held(int Session, int Generation, int Id, int Parent, int Age);

    /// <summary>An answer under way, with the refresh token that it sets, if any.</summary>
    private readonly record struct Flight(int Session, Held Token, bool IsSignIn, bool Deletes);

    private readonly record struct Head(int Generation, int Id);

    private readonly record struct World(
        Head AnnsHead,
        Head BobsHead,
        bool HasAnnEnded,
        bool HasBobAsked,
        bool IsBobIn,
        int NextId,
        int Access,
        Held Refresh,
        Held SignIn,
        Flight First,
        Flight Second
    )
    {
        public IEnumerable<Flight> Flights => new[] { First, Second }.Where(static f => f.Session != 0);

        public World With(IEnumerable<Flight> flights)
        {
            var all = flights.OrderBy(static f => f.ToString(), StringComparer.Ordinal).ToList();
            return this with { First = all.ElementAtOrDefault(0), Second = all.ElementAtOrDefault(1) };
        }
    }

    public static Exploration Explore(SignInRule rule)
    {
        // Equal worlds have equal numbers, which is all that the explorer asks of a state.
        var (numbers, worlds, model) = (new Dictionary<World, ulong>(), new List<World>(), new SharedJar(rule));
        var first = new Held(Ann, 1, 2, 1, 0);
        var start = new World(new Head(0, 1), default, false, false, false, 3, Ann, first, first, default, default);
        return Explorer.Explore(Number(start), (state, successors) =>
        {
            foreach (var (step, to, violation) in model.Expand(worlds[(int)state.A]))
                successors.Add(new(step, violation is null ? Number(to) : default, violation));
        });

        State Number(World world)
        {
            if (!numbers.TryGetValue(world, out var number))
            {
                numbers.Add(world, number = (ulong)worlds.Count);
                worlds.Add(world);
            }
            return new(number, 0, 0, 0);
        }
    }

    private IEnumerable<(Step Step, World To, string? Violation)> Expand(World was)
    {
        var settled = was with { Refresh = Settled(was.Refresh), SignIn = Settled(was.SignIn) };
        yield return (new(StepKind.Tick), settled.With(was.Flights.Select(static f => f with { Token = Settled(f.Token) })), null);

        var flights = was.Flights.ToList();
        for (var i = 0; i < flights.Count; i++)
        {
            var flight = flights[i];
            var rest = was.With(flights.Where((_, index) => index != i));
            // A sign-in without a response is repeated, which is another second user.
            if (!flight.IsSignIn)
                yield return (new(StepKind.LoseAnswer, i + 1), rest, null);
            yield return (
                new(StepKind.Deliver, i + 1),
                rest with
                {
                    Access = flight.Session,
                    Refresh = flight.Token.Session != 0 ? flight.Token : rest.Refresh,
                    SignIn =
                        flight.IsSignIn ? flight.Token
                        : flight.Deletes ? default
                        : rest.SignIn,
                    IsBobIn = rest.IsBobIn || flight.IsSignIn,
                },
                null
            );
        }

        if (was.IsBobIn && Newest(was) is var newest && (newest == 0 || was.Access == newest) && was.Access == Ann)
            yield return (new(StepKind.Send), was, OtherUser);
        if (flights.Count == MaxFlights || was.NextId > MaxIds)
            yield break;
        if (!was.HasBobAsked)
        {
            // Also from another site, without the first user's cookies, so that the first session lives on.
            var token = new Held(Bob, 1, was.NextId + 1, was.NextId, 0);
            foreach (var ends in new[] { true, false })
            {
                var signedIn = was with
                {
                    HasBobAsked = true,
                    HasAnnEnded = ends,
                    BobsHead = new Head(0, was.NextId),
                    NextId = was.NextId + 2,
                };
                yield return (new(StepKind.SignIn), signedIn.With(flights.Append(new(Bob, token, true, false))), null);
            }
        }
        if (!was.IsBobIn || flights.TrueForAll(static f => f.Session != Bob))
            yield return Refresh(was, flights);
    }

    private (Step, World, string?) Refresh(World was, List<Flight> flights)
    {
        var newest = Newest(was);
        var isStandIn = newest != 0 && was.Refresh.Session != newest;
        var shown = isStandIn ? was.SignIn : was.Refresh;
        var head = shown.Session == Ann ? was.AnnsHead : was.BobsHead;
        var session = Given.Session with
        {
            Head = new SessionHead((uint)head.Generation, (ulong)head.Id),
            End = shown.Session == Ann && was.HasAnnEnded ? new SessionEnd(SessionEndReason.Replaced, Given.Now) : null,
        };
        var issued = Given.Now.AddSeconds(-shown.Age);
        var token = new RefreshToken(session.Id, (uint)shown.Generation, (ulong)shown.Id, (ulong)shown.Parent, issued);
        var result = Rotation.Decide(session, token, Given.Now, TimeSpan.Zero, Policy);
        var step = new Step(StepKind.Send, shown.Session, result.Outcome);
        if (was.IsBobIn && shown.Session == Ann)
            return (step, was, OtherUser);
        if (!result.IsGranted)
            // The protocol does not cover this: the response was later than two refreshes, and the stand-in is spent.
            return (step, was, was.IsBobIn && !(isStandIn && head.Generation > shown.Generation) ? SignedOut : null);

        var to = was;
        if (result.MovesHead)
        {
            var moved = new Head(shown.Generation, shown.Id);
            to = shown.Session == Ann ? to with { AnnsHead = moved } : to with { BobsHead = moved };
        }
        var set = isStandIn ? shown : default;
        if (result.IssuesChild && shown.Generation < MaxGeneration)
            (set, to) = (new Held(shown.Session, shown.Generation + 1, to.NextId, shown.Id, 0), to with { NextId = to.NextId + 1 });
        var deletes = result.MovesHead && rule is SignInRule.DeletedWhenSpent;
        return (step, to.With(flights.Append(new(shown.Session, set, false, deletes))), null);
    }

    private int Newest(World world) => rule is SignInRule.None ? 0 : world.SignIn.Session;

    private static Held Settled(Held token) => token.Session == 0 ? token : token with { Age = 1 };
}
