using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>How a token's life runs while a scenario looks.</summary>
public enum Pace
{
    /// <summary>No token expires by itself.</summary>
    Still,

    /// <summary>The same, and a refresh token may be replaced after a second.</summary>
    Settling,

    /// <summary>An access token is good for three seconds, by the clock.</summary>
    Quick,
}

/// <summary>
/// A browser client with the server that it is made for, as the scenarios see it. Its page's <c>client</c> signs in and out, and says
/// whether anybody is signed in.
/// </summary>
public abstract class Subject
{
    public abstract string Name { get; }

    /// <summary>Whether the bars hold for it, or it is only measured.</summary>
    public virtual bool IsOurs => false;

    /// <summary>Whether its page's <c>call</c> takes a <c>Request</c>, too.</summary>
    internal virtual bool TakesRequests => false;

    internal abstract string Script { get; }

    internal virtual string Refresh => Tab.Refresh;

    internal virtual string Logout => Tab.Logout;

    /// <summary>Whether the same endpoint signs in and refreshes, so that a sign-in looks like a refresh from outside.</summary>
    internal virtual bool SignsInWhereItRefreshes => false;

    /// <summary>How long before its end the client takes a token for expired.</summary>
    internal virtual TimeSpan Margin => TimeSpan.Zero;

    internal abstract ServerProgram Server(Pace pace);

    internal virtual Task PrepareAsync(Visitor visitor) => Task.CompletedTask;

    internal virtual Task RegisterAsync(Tab tab, User user) => Task.CompletedTask;

    /// <summary>The access token comes to its end, and the client has every means to know.</summary>
    internal abstract Task LapseAsync(Visitor visitor, Tab tab);

    /// <summary>The server does not take the access token any more, and the client cannot know before it is told.</summary>
    internal abstract Task SpoilAsync(Visitor visitor, Tab tab);

    /// <summary>Signs out by a page of the server's own, which knows nothing of the client.</summary>
    internal abstract Task SignOutByPageAsync(Tab plain);
}
