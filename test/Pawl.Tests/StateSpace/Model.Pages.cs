namespace Pawl.Tests.StateSpace;

/// <summary>
/// A browser without our script. It never refreshes by itself, and has any number of requests under way; the server may refresh in the
/// middle of each. The page may then take any time. What the protocol sees of that is when the cookies reach the jar: not at all if the
/// response starts too late, else at any moment from the decision to the end of the response's way. A page that is left is a lost answer.
/// </summary>
internal sealed partial class Model
{
    private void Pages()
    {
        if (bounds.Pages == 0)
            return;
        var waiting = _from.Late.Count(static r => r.IsPage);
        if (_from.Flights.Count(static f => f.IsPage) + waiting < bounds.Pages)
        {
            var to = Again();
            to.Flights.Add(new Flight(to.Jar, 0, IsAnswer: false, IsOrphan: false, IsCounted: to.IsStolen, IsPage: true));
            Emit(StepKind.SendPage);
        }
        for (var i = 0; i < _from.Flights.Count; i++)
        {
            if (!_from.Flights[i].IsPage || _from.Flights[i].IsAnswer)
                continue;
            Arrive(i);
            Share(i);
        }
    }

    // The request waits in the server, as for a store that does not answer.
    private void Arrive(int index)
    {
        if (_from.Late.Count >= bounds.Late)
            return;
        var to = Again();
        to.Late.Add(new(to.Flights[index].Token, 0, IsPage: true));
        to.Flights.RemoveAt(index);
        Emit(StepKind.ArrivePage, index + 1);
    }

    private void Answer(Token? child, int waited)
    {
        if (child is not { } token || rule.Cookies is CookieRule.Real && waited > bounds.Quarter)
            return;
        var age = rule.Cookies is CookieRule.Real ? waited : 0;
        _to.Flights.Add(new Flight(token, (byte)age, IsAnswer: true, IsOrphan: false, IsCounted: false, IsPage: true));
    }

    // The browser and a thief look the same to a node that has requests of both.
    private void Share(int index)
    {
        if (!rule.SharesChild)
            return;
        var flight = _from.Flights[index];
        foreach (var answer in _from.Flights.Where(f => f.IsPage && f.IsAnswer && f.Token.Parent == flight.Token.Id))
        {
            var to = Again();
            if (flight.IsCounted)
                Count(flight.Token, to.OwnerUses);
            to.Flights[index] = answer with { IsCounted = false };
            EmitUnlessShared(new(StepKind.SharePage, index + 1));
        }
    }

    private void ThiefShares(int index)
    {
        if (!rule.SharesChild)
            return;
        foreach (var answer in _from.Flights.Where(f => f.IsPage && f.IsAnswer && f.Token.Parent == _from.Loot[index].Id))
        {
            var to = Again();
            Count(to.Loot[index], to.ThiefUses);
            to.Loot[index] = answer.Token;
            EmitUnlessShared(new(StepKind.SharePage, index + 1));
        }
    }

    private bool IsTimed(Flight flight) =>
        flight.IsPage ? !flight.IsAnswer || rule.Cookies is not CookieRule.AnyTime : bounds.RoundTrip > 0;

    private bool IsDue(Flight flight) =>
        IsTimed(flight)
        && flight.Age
            >= (
                !flight.IsPage ? bounds.RoundTrip
                : flight.IsAnswer ? bounds.Quarter + bounds.Down
                : bounds.Up
            );
}
