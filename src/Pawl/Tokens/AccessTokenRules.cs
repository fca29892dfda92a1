namespace Pawl;

/// <summary>The rules by which this server accepts access tokens.</summary>
internal sealed record AccessTokenRules
{
    /// <summary>The only accepted <c>iss</c>, compared ordinally.</summary>
    public required string Issuer { get; init; }

    /// <summary>The value that <c>aud</c> must be or contain, compared ordinally.</summary>
    public required string Audience { get; init; }

    /// <summary>The maximum difference between the clocks of issuer and verifier.</summary>
    /// <value>30 seconds; at most 2 minutes.</value>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum lifetime (<c>exp - iat</c>) of an accepted token.</summary>
    /// <value>1 hour.</value>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The maximum length of an accepted token, in characters.</summary>
    /// <value>8192.</value>
    public int MaxTokenLength { get; init; } = 8192;
}
