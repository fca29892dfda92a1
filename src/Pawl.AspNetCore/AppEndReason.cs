namespace Pawl.AspNetCore;

/// <summary>The reasons for which an app may end a session. Only Pawl can detect the others, such as the reuse of a token.</summary>
internal static class AppEndReason
{
    /// <exception cref="ArgumentOutOfRangeException">An app cannot know this reason.</exception>
    public static void ThrowIfAnother(SessionEndReason reason)
    {
        if (
            reason
            is not (
                SessionEndReason.SignedOut
                or SessionEndReason.Revoked
                or SessionEndReason.UserDisabled
                or SessionEndReason.CredentialsChanged
            )
        )
            throw new ArgumentOutOfRangeException(
                nameof(reason),
                reason,
                "An app ends a session as SignedOut, Revoked, UserDisabled or CredentialsChanged."
            );
    }
}
