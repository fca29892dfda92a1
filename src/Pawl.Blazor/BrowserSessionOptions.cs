namespace Pawl.Blazor;

/// <summary>How the browser client is created: the parameters of its <c>createSession</c>.</summary>
public sealed class BrowserSessionOptions
{
    /// <summary>
    /// The path of the session's endpoints, <c>/auth</c> by default: the server's option <c>BasePath</c>, after the prefix of the group in
    /// which the endpoints are mapped.
    /// </summary>
    public string BasePath { get; set; } = "/auth";

    /// <summary>
    /// Whether requests carry an access token instead of cookies, false by default. The server has to start the session with the
    /// transport <c>Bearer</c>.
    /// </summary>
    public bool UsesBearerTokens { get; set; }

    /// <summary>Further origins that requests may carry the session to, such as <c>https://api.example.com</c>. Compared exactly.</summary>
    public ICollection<string> Origins { get; } = [];
}
