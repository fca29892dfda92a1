namespace Pawl;

/// <summary>How a session's tokens travel. A session keeps the transport it was started with. The numbers are stored.</summary>
public enum SessionTransport
{
    /// <summary>Both tokens in <c>HttpOnly</c> cookies: script never sees them. The default.</summary>
    Cookie = 0,

    /// <summary>The refresh token in a cookie, the access token in the answer's body, for APIs on other origins.</summary>
    Bearer = 1,

    /// <summary>Both tokens in the body, for native clients and services. Refused for browsers.</summary>
    Body = 2,
}
