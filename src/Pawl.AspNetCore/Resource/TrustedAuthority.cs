using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// The server whose access tokens a scheme accepts, and what this service knows of it: its keys, and the sessions that have ended.
/// </summary>
internal sealed class TrustedAuthority : IDisposable
{
    private readonly VerifiedTokens _verified = new();

    public TrustedAuthority(string scheme, IOptionsMonitor<PawlResourceOptions> options)
    {
        Options = Read(scheme, options);
        Clock = Options.TimeProvider ?? TimeProvider.System;
        Client = new AuthorityClient(Options);
        Keys = new AuthorityKeys(Client, Clock);
        Endings = new AuthorityEndings(Client, Options, Clock);
        if (Options.AcceptDpop)
            Proofs = new(Options.PublicUrl, new ServiceNonces(Options.ServiceSecret!), new());
    }

    public PawlResourceOptions Options { get; }

    public TimeProvider Clock { get; }

    public AuthorityClient Client { get; }

    public AuthorityKeys Keys { get; }

    public AuthorityEndings Endings { get; }

    /// <summary>Null if this service checks no proofs.</summary>
    public ProofPlace? Proofs { get; }

    /// <summary>The time since this service knew the keys and all endings of the authority.</summary>
    public TimeSpan Age => Options.FollowEndings && Endings.Age > Keys.Age ? Endings.Age : Keys.Age;

    /// <summary>Whether this service knows the keys, and which sessions have ended, well enough.</summary>
    public bool IsKnown => Age <= Options.UnavailableAfter;

    /// <summary>Whether requests with valid tokens are refused, because the authority does not answer.</summary>
    public bool Refuses => Keys.Ring is null || (!IsKnown && Options.WhenUnavailable is StoreUnavailableBehavior.Refuse);

    /// <summary>
    /// Reads an access token. Null if this service cannot tell whether it is valid. It does not know which sessions have ended.
    /// </summary>
    public async ValueTask<ReadAccessToken?> ReadAsync(StringSegment text, CancellationToken cancellationToken)
    {
        if (Keys.Ring is not { } ring)
            return null;
        var read = Read(text, ring);
        if (read.Error is not AccessTokenError.UnknownKey)
            return read;
        if (await Keys.IsOutdatedAsync(ring, cancellationToken))
            read = Read(text, Keys.Ring);
        return read.Error is AccessTokenError.UnknownKey && Keys.HasFailed ? null : read;
    }

    /// <summary>Forgets verified tokens that have expired, and proofs that are too old.</summary>
    public void Forget()
    {
        _verified.Forget(Clock.GetUtcNow() - Options.ClockSkew);
        Proofs?.Used.Forget(Clock.GetUtcNow());
    }

    private ReadAccessToken Read(StringSegment text, KeyRing ring) =>
        _verified.Read(text, ring, Options.Rules, Options.VerifiedTokenCacheBytes, Clock.GetUtcNow());

    private static PawlResourceOptions Read(string scheme, IOptionsMonitor<PawlResourceOptions> options)
    {
        try
        {
            return options.Get(scheme);
        }
        catch (OptionsValidationException e)
        {
            throw new PawlOptionsException(scheme, e.OptionsType, e.Failures);
        }
    }

    public void Dispose()
    {
        Keys.Dispose();
        Client.Dispose();
    }
}
