namespace Pawl.Tests.StateSpace;

/// <summary>What can happen next in the model.</summary>
internal enum StepKind
{
    Tick,
    Send,
    Serve,
    ServeTwice,
    LoseAnswer,
    Deliver,
    GiveUp,
    ServeLate,
    SendPage,
    ArrivePage,
    SharePage,
    Fallback,
    Flush,
    PowerCut,
    StealJar,
    StealFlight,
    Thief,
    SignOut,
    SignIn,
}
