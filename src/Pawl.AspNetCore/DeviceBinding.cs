namespace Pawl.AspNetCore;

/// <summary>
/// Whether browsers bind their sessions to a key of the device (Device Bound Session Credentials). It decides about sessions with the
/// transport <see cref="SessionTransport.Cookie"/>; for native clients see <see cref="PawlOptions.AcceptDpop"/>.
/// </summary>
public enum DeviceBinding
{
    /// <summary>No key is asked for. A session that is bound already still needs its proofs.</summary>
    Off,

    /// <summary>
    /// Browsers that can do so bind their sessions; others are served as before. A browser that has lost its key goes on without one, by
    /// rotation alone, once a proof is overdue. The log then says <c>device_binding_lost</c>.
    /// </summary>
    Preferred,

    /// <summary>
    /// Every session needs a key. One that is not bound ten minutes after its sign-in, or whose browser has lost the key, is not refreshed
    /// any more (<c>reauthentication_required</c>), and the user signs in again.
    /// </summary>
    Required,
}
