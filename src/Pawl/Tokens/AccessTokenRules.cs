namespace Pawl;

/// <summary>What an access token must be to be accepted here.</summary>
internal sealed record AccessTokenRules
{
    /// <summary>The only accepted <c>iss</c>, compared ordinally.</summary>
    public required string Issuer { get; init; }

    /// <summary>What <c>aud</c> must be or contain, compared ordinally.</summary>
    public required string Audience { get; init; }

    /// <summary>How far the clocks of issuer and verifier may differ.</summary>
    /// <value>30 seconds; at most 2 minutes.</value>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest life (<c>exp - iat</c>) that is believed.</summary>
    /// <value>1 hour.</value>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The longest token that is looked at, in characters.</summary>
    /// <value>8192.</value>
    public int MaxTokenLength { get; init; } = 8192;
}
