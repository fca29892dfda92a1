using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>Something that happens to signed-in tabs; whichever client is in them, nobody should notice.</summary>
public abstract class Scenario
{
    /// <summary>Stable: <c>S1</c>, or <c>S7 closed</c> where there are several of a kind.</summary>
    public abstract string Id { get; }

    /// <summary>For the reader of the table.</summary>
    public abstract string What { get; }

    /// <summary>With how many tabs it makes sense.</summary>
    public virtual IReadOnlyList<int> Tabs => [1, 2, 5];

    /// <summary>Where it can be brought about.</summary>
    public virtual IReadOnlyList<Browser> Browsers => [Browser.Chromium, Browser.Firefox];

    /// <summary>Whether it is only part of the full matrix.</summary>
    public virtual bool IsLong => false;

    public virtual Pace Pace => Pace.Still;

    /// <summary>Whether it takes a server of its own, because it kills it.</summary>
    public virtual bool HasOwnServer => false;

    /// <summary>Whether its tabs are signed out at the end, because somebody asked for that.</summary>
    public virtual bool EndsSignedOut => false;

    /// <summary>How often somebody signs in while it runs.</summary>
    internal virtual int SignIns => 0;

    /// <summary>Before the first page is opened.</summary>
    internal virtual Task PrepareAsync(Visitor visitor) => Task.CompletedTask;

    internal abstract Task RunAsync(Trial trial);

    /// <summary>How many refreshes our client may make, besides those that were made to fail.</summary>
    internal virtual (int Least, int Most) Refreshes(Trial trial) => (trial.Expiries, trial.Expiries);

    /// <summary>Whether an API call may have been answered 401, which is then the scenario's own doing.</summary>
    internal virtual bool MayBeRefused => false;
}
