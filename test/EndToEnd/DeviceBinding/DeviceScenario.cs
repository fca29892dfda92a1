namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>What happens to a bound session in a test, and what has to come of it.</summary>
/// <param name="What">The scenario, for the reader of the table.</param>
/// <param name="Bar">What the test demands of Chromium.</param>
internal sealed record DeviceScenario(string What, string Bar)
{
    public static readonly DeviceScenario SignIn = new("sign-in by `fetch`, by a form with 303, by a page", "one registration each");
    public static readonly DeviceScenario Expiry = new("the access token expires under 1 and 5 requests", "1 refresh each, 0 failures");
    public static readonly DeviceScenario Tabs = new("it expires under two tabs", "1 refresh, 0 failures");
    public static readonly DeviceScenario Kinds = new(
        "it expires before a POST with a body, a page, an EventSource, a WebSocket, a stream",
        "1 refresh each, 0 failures"
    );
    public static readonly DeviceScenario Link = new("a link from another site after the expiry", "1 refresh, the page is shown");
    public static readonly DeviceScenario LostAnswer = new("the answer to a refresh is lost after the commit", "0 sign-outs");
    public static readonly DeviceScenario Unavailable = new("503 six times, then well again", "0 sign-outs, skipped refreshes counted");
    public static readonly DeviceScenario Limit = new("the browser has used up its proofs, six in nine minutes", "0 sign-outs, counted");
    public static readonly DeviceScenario Killed = new("`kill -9` of the node between challenge and proof", "0 sign-outs");
    public static readonly DeviceScenario OtherNode = new("another node between challenge and proof", "0 sign-outs, no third request");
    public static readonly DeviceScenario OldChallenge = new("the challenge is 11 minutes old", "one 403, then tokens");
    public static readonly DeviceScenario SignOut = new(
        "sign-out here, in another tab, from the list of devices",
        "access ends at once; the browser forgets the key at the next refresh"
    );
    public static readonly DeviceScenario OtherUser = new("another user signs in", "the first session stops quietly, the second is bound");
    public static readonly DeviceScenario Late = new("another user signs in while a refresh is late", "the second user stays signed in");
    public static readonly DeviceScenario Forgery = new("a script registers a key of its own, in three modes", "refused");
    public static readonly DeviceScenario Theft = new(
        "all cookies copied into a second browser",
        "0 refreshes there, access ends within its life, the owner undisturbed, one event"
    );
    public static readonly DeviceScenario Cleared = new("`Clear-Site-Data: \"cookies\"`", "the key alone revives nothing");
    public static readonly DeviceScenario Restart = new("the browser restarts", "bound as before, 0 sign-outs");
    public static readonly DeviceScenario BlockedPreferred = new("a proxy answers 403 or 429, `Preferred`", "0 sign-outs, an event");
    public static readonly DeviceScenario BlockedRequired = new(
        "a proxy answers 403 or 429, `Required`",
        "asks for a new sign-in, which works"
    );
    public static readonly DeviceScenario FreshProof = new(
        "an endpoint demands a fresh proof of GET and POST",
        "1 refresh each, the body arrives"
    );

    public static readonly IReadOnlyList<DeviceScenario> All =
    [
        SignIn,
        Expiry,
        Tabs,
        Kinds,
        Link,
        LostAnswer,
        Unavailable,
        Limit,
        Killed,
        OtherNode,
        OldChallenge,
        SignOut,
        OtherUser,
        Late,
        Forgery,
        Theft,
        Cleared,
        Restart,
        BlockedPreferred,
        BlockedRequired,
        FreshProof,
    ];
}
