namespace Pawl.Tests.StateSpace;

/// <summary>When the response of a page may carry the refresh token that the server has issued in the middle of its request.</summary>
internal enum CookieRule
{
    /// <summary>If the response starts within a quarter of the settle period after the request arrived: the rule of the protocol.</summary>
    Real,

    /// <summary>Within a quarter of the settle period after the decision, which may itself have waited for the store.</summary>
    SinceTheDecision,

    /// <summary>Always.</summary>
    AnyTime,
}
