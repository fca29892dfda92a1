namespace Pawl;

/// <summary>How a session's tokens are sent. A session keeps the transport of its start. The numbers are stored.</summary>
public enum SessionTransport
{
    /// <summary>Both tokens in <c>HttpOnly</c> cookies, which scripts cannot read. The default.</summary>
    Cookie = 0,

    /// <summary>The refresh token in a cookie, the access token in the body of the response, for APIs on other origins.</summary>
    Bearer = 1,

    /// <summary>Both tokens in the body, for native clients and services. Refused for browsers.</summary>
    Body = 2,
}
