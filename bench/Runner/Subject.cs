using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>A server to start: the project under <c>peers/</c>. Subjects that name the same one share its process.</summary>
internal sealed record Server(string Project)
{
    /// <summary>What it is started with besides.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}

/// <summary>
/// One thing that is measured: requests of one kind on one server. A new competitor is one more of these in <see cref="Contests"/>.
/// </summary>
internal sealed record Subject
{
    public required string Name { get; init; }

    /// <summary>What the server does for one of these requests, in a few words for the table.</summary>
    public required string Does { get; init; }

    /// <summary>Who is asked over HTTP; null if a <see cref="Tool"/> asks the database itself.</summary>
    public Server? Server { get; init; }
    public Tool? Tool { get; init; }

    /// <summary>
    /// The requests that make a session; <c>{n}</c> is its number. The last one's answer carries <see cref="FirstToken"/>.
    /// </summary>
    public IReadOnlyList<RequestSpec> SignIn { get; init; } = [];
    public TokenSpec? FirstToken { get; init; }

    /// <summary>Whether each session is then bound to a device key.</summary>
    public bool BindsSessions { get; init; }

    /// <summary>The measured request; <c>{token}</c> is the session's newest token.</summary>
    public RequestSpec? Request { get; init; }

    /// <summary>Where the answer carries the token of the next request; null if the token stays.</summary>
    public TokenSpec? NextToken { get; init; }

    /// <summary>Sessions each connection takes in turn.</summary>
    public int SessionsPerConnection { get; init; } = 1;

    /// <summary>Sign in before every turn: for access tokens, which would expire before the run ends.</summary>
    public bool FreshSessions { get; init; }

    /// <summary>The subject on the same server that does all but the work in question; the difference is the overhead.</summary>
    public string? Limit { get; init; }

    /// <summary>Nobody's product: it only shows how far down it goes.</summary>
    public bool IsLimit { get; init; }
}

/// <summary>Subjects that take turns. The first is the one the others are compared with.</summary>
internal sealed record Contest(string Title, string Explanation, IReadOnlyList<Subject> Subjects, IReadOnlyList<Target> Targets)
{
    /// <summary>The server that all of them keep their data in.</summary>
    public DatabaseKind Database { get; init; }

    /// <summary>
    /// Whether server and load get a core each. Not with a database server: on two cores no split does justice to three programs.
    /// </summary>
    public bool IsPinned { get; init; } = true;
}

/// <summary>A line of the targets' table: what was promised, and the measured value round by round.</summary>
internal sealed record Target(string Promise, Func<Turns, IReadOnlyList<double>> Measure, double Bound, bool AtLeast);
