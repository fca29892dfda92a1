namespace Pawl.Client;

/// <summary>The tokens of this moment, and since when. Immutable; one object for each access token.</summary>
internal sealed class HeldTokens(SessionTokens tokens, TimeSpan age, string? vaultProblem, TimeProvider time)
{
    private readonly long _since = time.GetTimestamp();
    private readonly DateTimeOffset _sinceWall = time.GetUtcNow();

    public SessionTokens Tokens => tokens;

    public SignedIn Result { get; } = new(tokens, vaultProblem);

    // The monotonic clock may stand still while the machine sleeps, and the other may be set back. The greater is never too young.
    public TimeSpan Age
    {
        get
        {
            var (monotonic, wall) = (time.GetElapsedTime(_since), time.GetUtcNow() - _sinceWall);
            return age + (monotonic > wall ? monotonic : wall);
        }
    }

    /// <summary>Tokens from a vault. Only the wall clock tells their age, so an age that is impossible counts as expired.</summary>
    public static HeldTokens FromVault(SessionTokens tokens, TimeProvider time)
    {
        var age = time.GetUtcNow() - tokens.ReceivedAt;
        return new(tokens, age < TimeSpan.Zero || age > tokens.ExpiresIn ? tokens.ExpiresIn : age, null, time);
    }
}
