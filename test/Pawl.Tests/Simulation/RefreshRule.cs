using Pawl.Tests.Sessions;

namespace Pawl.Tests.Simulation;

/// <summary>A server's rule for refresh tokens, over one session. A token is a text; what it means is the rule's affair.</summary>
internal abstract class RefreshRule(string name)
{
    public string Name { get; } = name;

    /// <summary>All rules: ours last, by the product's own code, the others by what their authors publish of them.</summary>
    public static IReadOnlyList<Func<RefreshRule>> All { get; } =
    [
        static () => new OneTimeTokens(),
        static () => new Window(),
        static () => new UntilSuccessorIsUsed(),
        static () => new SameSuccessor(),
        static () => new NoRotation(),
        static () => new Lineage(),
    ];

    public abstract string SignIn(DateTimeOffset now);

    /// <summary>Shows a token. Not granted: the session has ended. No new token: the client keeps the one it has.</summary>
    public abstract (bool IsGranted, string? Token) Show(string token, DateTimeOffset now);

    /// <summary>A request with the access token that came along with this token.</summary>
    public virtual void Use(string token) { }
}

/// <summary>Each token is good once; a second use ends the session (Keycloak, Ory Hydra as delivered, Auth0 without leeway).</summary>
internal sealed class OneTimeTokens() : RefreshRule("each token once")
{
    private int _newest;
    private bool _hasEnded;

    public override string SignIn(DateTimeOffset now) => $"{++_newest}";

    public override (bool IsGranted, string? Token) Show(string token, DateTimeOffset now)
    {
        _hasEnded |= token != $"{_newest}";
        return _hasEnded ? (false, null) : (true, $"{++_newest}");
    }
}

/// <summary>
/// A token that was used is good again for a minute, and has another live successor each time; later it ends the session (OpenIddict, Ory
/// Hydra with a grace period).
/// </summary>
internal sealed class Window() : RefreshRule("once, and for 60 s again")
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, DateTimeOffset> _usedAt = [];
    private int _issued;
    private bool _hasEnded;

    public override string SignIn(DateTimeOffset now) => $"{++_issued}";

    public override (bool IsGranted, string? Token) Show(string token, DateTimeOffset now)
    {
        _hasEnded |= !_usedAt.TryAdd(token, now) && now - _usedAt[token] > Again;
        return _hasEnded ? (false, null) : (true, $"{++_issued}");
    }
}

/// <summary>
/// A token is good until one of its successors has been used, be it for a refresh or its access token for a request; then it, and the
/// other successors, end the session (SuperTokens).
/// </summary>
internal sealed class UntilSuccessorIsUsed() : RefreshRule("until a successor is used")
{
    private readonly Dictionary<string, string> _parents = [];
    private string _accepted = "";
    private bool _hasEnded;

    public override string SignIn(DateTimeOffset now) => _accepted = Issue("");

    public override (bool IsGranted, string? Token) Show(string token, DateTimeOffset now)
    {
        Use(token);
        _hasEnded |= token != _accepted;
        return _hasEnded ? (false, null) : (true, Issue(token));
    }

    public override void Use(string token)
    {
        if (_parents[token] == _accepted)
            _accepted = token;
    }

    private string Issue(string parent)
    {
        var token = $"{_parents.Count + 1}";
        _parents.Add(token, parent);
        return token;
    }
}

/// <summary>A token that was used is answered with the successor that it had, whenever that is.</summary>
internal sealed class SameSuccessor() : RefreshRule("same successor, always")
{
    public override string SignIn(DateTimeOffset now) => "1";

    public override (bool IsGranted, string? Token) Show(string token, DateTimeOffset now) =>
        (true, $"{int.Parse(token, System.Globalization.CultureInfo.InvariantCulture) + 1}");
}

/// <summary>One token for the whole session (the bearer tokens of ASP.NET Core Identity).</summary>
internal sealed class NoRotation() : RefreshRule("no rotation")
{
    public override string SignIn(DateTimeOffset now) => "1";

    public override (bool IsGranted, string? Token) Show(string token, DateTimeOffset now) => (true, null);
}

/// <summary>The lineage rule: the product's own decision, tokens and all.</summary>
internal sealed class Lineage() : RefreshRule("lineage rule")
{
    private readonly MemoryServer _server = new(Given.Policy);

    public override string SignIn(DateTimeOffset now) => _server.SignIn(now);

    public override (bool IsGranted, string? Token) Show(string token, DateTimeOffset now)
    {
        var (result, child) = _server.Show(token, now);
        return (result.IsGranted, child);
    }
}
