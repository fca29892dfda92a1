namespace Pawl.AspNetCore;

/// <summary>
/// Endpoint metadata for the endpoints of Pawl that other rooms treat differently. The path does not identify them, because the app may
/// map the endpoints in a group.
/// </summary>
internal sealed class EndpointRole
{
    /// <summary>The browser's refresh. The access token beside the refresh token is not read.</summary>
    public static readonly EndpointRole Refresh = new();

    /// <summary>The registration of a browser's device key.</summary>
    public static readonly EndpointRole Device = new();

    /// <summary>The browser's refresh with a proof. A response 400 would make the browser forget its key.</summary>
    public static readonly EndpointRole DeviceRefresh = new();

    /// <summary>The refresh of a native client.</summary>
    public static readonly EndpointRole Token = new();

    /// <summary>The sign-out, which also ends the sessions of planted cookies.</summary>
    public static readonly EndpointRole Logout = new();

    /// <summary>An endpoint whose response is the same for every user, or that takes its token from elsewhere than the cookies.</summary>
    public static readonly EndpointRole NoUser = new();

    /// <summary>
    /// The question of a gateway, which is about another request. Only a response that leads back to that request renews cookies.
    /// </summary>
    public static readonly EndpointRole Verify = new();

    private EndpointRole() { }
}
