using System.Runtime.InteropServices;

namespace Pawl.Tests.StateSpace;

/// <summary>What a thief does: steals once, uses what he has, and shares the chain with the owner if the rule lets him.</summary>
internal sealed partial class Model
{
    private void Thief()
    {
        if (bounds.Loot == 0)
            return;
        if (!_from.IsStolen)
        {
            Steal(StepKind.StealJar, 0, _from.Jar);
            for (var i = 0; bounds.TheftInTheAir && i < _from.Flights.Count; i++)
                Steal(StepKind.StealFlight, i + 1, _from.Flights[i].Token);
            return;
        }
        for (var i = 0; i < _from.Loot.Count; i++)
        {
            ThiefShares(i);
            // While he has room he keeps everything; then he forgets one of what he has, whichever.
            var isFull = _from.Loot.Count == bounds.Loot;
            for (var place = isFull ? 0 : _from.Loot.Count; place < (isFull ? bounds.Loot : _from.Loot.Count + 1); place++)
            {
                var to = Again();
                var step = new Step(StepKind.Thief, i + 1);
                if (!Show(ref step, to.Loot[i], out var child))
                    break;
                Count(to.Loot[i], to.ThiefUses);
                if (child is { } token)
                {
                    if (isFull)
                        to.Loot.RemoveAt(place);
                    to.Loot.Add(token);
                }
                EmitUnlessShared(step);
            }
        }
    }

    private void Steal(StepKind kind, int index, Token token)
    {
        var to = Again();
        to.IsStolen = true;
        to.Loot.Add(token);
        Emit(kind, index);
    }

    private void Count(Token token, List<byte> uses)
    {
        if (token.Age < bounds.Settle || uses.Count >= bounds.Shared || (uses.Contains(token.Id) && !bounds.CountsRepeats))
            return;
        uses.Add(token.Id);
        // From here on the tokens themselves do not matter.
        if (uses.Count == bounds.Shared)
            CollectionsMarshal.AsSpan(uses).Clear();
    }

    private void EmitUnlessShared(Step step)
    {
        var isShared = bounds.Loot > 0 && _to.OwnerUses.Count >= bounds.Shared && _to.ThiefUses.Count >= bounds.Shared;
        _emit(step, _to, isShared ? "Owner and thief share the chain." : null);
    }
}
