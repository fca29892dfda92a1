namespace Pawl.Blazor;

/// <summary>Which sessions of the user a sign-out ends.</summary>
public enum SignOutScope
{
    /// <summary>The session of this browser, in all of its tabs.</summary>
    Current = 0,

    /// <summary>The sessions of the user's other browsers and devices. This one stays signed in.</summary>
    Others = 1,

    /// <summary>All sessions of the user.</summary>
    Everywhere = 2,
}
