namespace Pawl.Tests.StateSpace;

/// <summary>
/// One session, its owner, the network, the store and a thief, with every order of events that the bounds allow. A lost request needs
/// no step: it is a request that was never sent. A thief steals once: against one who sits in the client and steals every token anew no
/// rule of the server helps.
/// </summary>
internal sealed partial class Model(Bounds bounds, Rule rule)
{
    private readonly Server _server = new(bounds, rule);
    private readonly World _to = new();
    private World _from = new();
    private Action<Step, World, string?> _emit = static (_, _, _) => { };

    public static World Start(Bounds bounds)
    {
        // Just signed in: the jar holds a child of the head.
        var jar = new Token(2, 2, 1, 0);
        return new World
        {
            Head = new Token(1, 1, 0, 0),
            Jar = jar,
            Disk = bounds.DiskLag > 0 ? jar : default,
        };
    }

    public static Exploration Explore(Bounds bounds, Rule rule)
    {
        var (model, world) = (new Model(bounds, rule), new World());
        return Explorer.Explore(Start(bounds).Pack(bounds), (state, successors) =>
        {
            new Packer().Unpack(state, world, bounds);
            model.Expand(world, (step, to, violation) =>
                successors.Add(new(step, violation is null ? to.Pack(bounds) : default, violation))
            );
        });
    }

    /// <summary>
    /// Takes every step there is from a world. The world a step leads to is only lent; with a violation it is the last one.
    /// </summary>
    public void Expand(World from, Action<Step, World, string?> emit)
    {
        (_from, _emit) = (from, emit);
        Time();
        Owner();
        Pages();
        Late();
        Jar();
        Store();
        Thief();
        // The user signs out, at whatever moment.
        if (_server.AnswersAfterItsEnd(Again()))
            _emit(new(StepKind.SignOut), _to, "An ended session answered.");
    }

    private World Again()
    {
        _to.CopyFrom(_from);
        return _to;
    }

    private void Emit(StepKind kind, int index = 0) => _emit(new(kind, index), _to, null);

    private void Time()
    {
        // Nothing is under way for longer than its bound, and nothing off the disk for longer than its lag.
        if (_from.Flights.Exists(IsDue) || _from.Disk != _from.Jar && _from.DiskAge >= bounds.DiskLag && bounds.DiskLag > 0)
            return;

        var to = Again();
        var longestWait = 1 + (bounds.Pages > 0 ? Math.Max(bounds.RoundTrip, bounds.Quarter) : bounds.RoundTrip);
        to.Jar = Older(to.Jar);
        to.Disk = Older(to.Disk);
        to.DiskAge += (byte)(bounds.DiskLag > 0 && to.Disk != to.Jar ? 1 : 0);
        to.HeadAge = (byte)(rule.NeedsHeadAge ? Math.Min(to.HeadAge + 1, 15) : 0);
        for (var i = 0; i < to.Flights.Count; i++)
            to.Flights[i] = to.Flights[i] with
            {
                Token = Older(to.Flights[i].Token),
                Age = (byte)(IsTimed(to.Flights[i]) ? to.Flights[i].Age + 1 : 0),
            };
        for (var i = 0; i < to.Loot.Count; i++)
            to.Loot[i] = Older(to.Loot[i]);
        for (var i = 0; i < to.Late.Count; i++)
            to.Late[i] = to.Late[i] with { Waited = (byte)Math.Min(to.Late[i].Waited + 1, longestWait) };
        Emit(StepKind.Tick);

        Token Older(Token token) =>
            token.Id is 0 or World.DeadId ? token : token with { Age = (byte)Math.Min(token.Age + 1, bounds.OldAge) };
    }

    private void Owner()
    {
        if (_from.Flights.Count(static f => !f.IsPage) < bounds.Flights)
        {
            var to = Again();
            to.Flights.Add(new Flight(to.Jar, 0, IsAnswer: false, IsOrphan: false, IsCounted: to.IsStolen));
            Emit(StepKind.Send);
        }
        for (var i = 0; i < _from.Flights.Count; i++)
        {
            if (_from.Flights[i].IsAnswer)
            {
                Again().Flights.RemoveAt(i);
                Emit(StepKind.LoseAnswer, i + 1);

                var to = Again();
                to.Write(to.Flights[i].Token);
                to.Flights.RemoveAt(i);
                Emit(StepKind.Deliver, i + 1);
            }
            else
            {
                Serve(i, again: false);
                // The network delivers it once more; the first of the two answers is lost.
                Serve(i, again: true);
            }
        }
    }

    private void Serve(int index, bool again)
    {
        var to = Again();
        var flight = to.Flights[index];
        var step = new Step(again ? StepKind.ServeTwice : StepKind.Serve, index + 1);
        if (!Show(ref step, flight.Token, out var child))
            return;
        if (to.IsStolen && flight.IsCounted)
            Count(flight.Token, to.OwnerUses);
        if (!again && child is { } token && !flight.IsOrphan)
            to.Flights[index] = flight with { Token = token, IsAnswer = true, Age = flight.IsPage ? (byte)0 : flight.Age };
        else if (!again)
            to.Flights.RemoveAt(index);
        EmitUnlessShared(step);
    }

    // The client gives a request up at the end of the longest round trip and may go on with another. The server has had
    // the request since any moment after it was sent.
    private void Late()
    {
        for (var i = 0; i < _from.Flights.Count; i++)
        {
            var flight = _from.Flights[i];
            if (flight.IsPage || flight.IsAnswer || flight.Age < bounds.RoundTrip || _from.Late.Count >= bounds.Late)
                continue;
            for (var waited = 0; waited <= bounds.RoundTrip; waited++)
            {
                var to = Again();
                to.Flights.RemoveAt(i);
                // A token whose parent is no head any more has no age in the normal form.
                to.Late.Add(new(flight.Token with { Age = (byte)Math.Max(0, flight.Token.Age - waited) }, (byte)waited));
                Emit(StepKind.GiveUp, i + 1);
            }
        }
        for (var i = 0; i < _from.Late.Count; i++)
        {
            var to = Again();
            var (token, waited, isPage) = to.Late[i];
            var step = new Step(StepKind.ServeLate, i + 1);
            to.Late.RemoveAt(i);
            // A refresh that was given up has no client that waits for the response, so it is as good as lost.
            if (!Show(ref step, token, out var child, waited))
                continue;
            if (isPage)
                Answer(child, waited);
            EmitUnlessShared(step);
        }
    }

    private void Jar()
    {
        if (bounds.DiskLag == 0 || _from.Disk == _from.Jar)
            return;
        var to = Again();
        (to.Disk, to.DiskAge) = (to.Jar, 0);
        Emit(StepKind.Flush);

        // The client comes up with the cookies of the disk; what it had sent may still reach the server, but no answer reaches it.
        to = Again();
        (to.Jar, to.DiskAge) = (to.Disk, 0);
        to.Flights.RemoveAll(static f => f.IsAnswer);
        for (var i = 0; i < to.Flights.Count; i++)
            to.Flights[i] = to.Flights[i] with { IsOrphan = true };
        Emit(StepKind.PowerCut);
    }

    private void Store()
    {
        // The number before the theft does not matter: every state that it leads to is also reached without it.
        var isSpent = bounds.Fallbacks > 0 && _from.IsStolen && _from.Fallbacks >= bounds.Fallbacks;
        for (var i = 0; i < _from.Past.Count && !isSpent; i++)
        {
            var to = Again();
            to.Fallbacks += (byte)(bounds.Fallbacks > 0 && to.IsStolen ? 1 : 0);
            to.Head = to.Past[i];
            to.Past.RemoveRange(i, to.Past.Count - i);
            Emit(StepKind.Fallback, _from.Past.Count - i);
        }
    }

    // False if the session has ended by it. That leads nowhere: an ended session does not come back, for ends are durable before they
    // are answered.
    private bool Show(ref Step step, Token token, out Token? child, int waited = 0)
    {
        var result = _server.Show(_to, token, waited, out child);
        step = step with { Outcome = result.Outcome };
        if (result.Reason is not null && bounds.Loot == 0)
            _emit(step, _to, "An honest client was signed out.");
        return result.Reason is null;
    }
}
