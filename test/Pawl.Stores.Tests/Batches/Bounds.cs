namespace Pawl.Stores.Tests.Batches;

/// <summary>How much an exploration allows.</summary>
/// <param name="Callers">Callers with one item each; they come one after the other, or fewer come.</param>
/// <param name="Places">How many workers run while none is stuck.</param>
/// <param name="PlacesWhenStuck">How many workers run at most.</param>
/// <param name="Batch">How many items a worker takes.</param>
/// <param name="Stuck">How many workers may never finish.</param>
/// <param name="Pauses">How often the patience may pass before a timer that is due fires.</param>
internal sealed record Bounds(int Callers, int Places, int PlacesWhenStuck, int Batch, int Stuck, int Pauses)
{
    public bool CanGrow => PlacesWhenStuck > Places;
}

/// <summary>One choice of the scheduler.</summary>
internal readonly record struct Choice(ChoiceKind Kind, int Machine = 0)
{
    public override string ToString() => Kind is ChoiceKind.Fire or ChoiceKind.Pause ? $"{Kind}" : $"{Kind} {Machine}";
}

internal enum ChoiceKind
{
    /// <summary>A new caller asks for a place first.</summary>
    ArriveAtOnce,

    /// <summary>A new caller adds its item to the queue without asking, because other requests wait for a thread.</summary>
    ArriveAtQueue,

    /// <summary>A machine does its next atomic step.</summary>
    Step,

    /// <summary>A machine that serves items never finishes.</summary>
    Stick,

    /// <summary>The timer fires, at the time it is due.</summary>
    Fire,

    /// <summary>The patience passes, and no timer fires yet.</summary>
    Pause,
}
