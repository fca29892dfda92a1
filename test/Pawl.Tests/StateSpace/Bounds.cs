namespace Pawl.Tests.StateSpace;

/// <summary>How much of the world is explored. Times are in steps of one unit; a history may go on for ever.</summary>
internal sealed record Bounds
{
    /// <summary>The settle period.</summary>
    public required int Settle { get; init; }

    /// <summary>The longest time from a request's sending to its answer's arrival; 0: as long as it likes.</summary>
    public int RoundTrip { get; init; }

    /// <summary>How many refreshes the owner has under way at once: 1 is a client with a lock.</summary>
    public int Flights { get; init; } = 1;

    /// <summary>
    /// How many requests may wait in the server at once: refreshes that the client has given up at the end of the longest round trip, and
    /// requests of pages. They are decided after any time.
    /// </summary>
    public int Late { get; init; }

    /// <summary>
    /// How many requests of pages are under way at once, beside the refreshes of the script. The server refreshes in the middle of each,
    /// and sends the cookies by <see cref="CookieRule"/>.
    /// </summary>
    public int Pages { get; init; }

    /// <summary>The longest time from a page's request, with the cookies of its sending, to its arrival at the server.</summary>
    public int Up { get; init; }

    /// <summary>The longest time from the start of a response to its arrival at the browser, which then has its cookies.</summary>
    public int Down { get; init; }

    /// <summary>How old a refresh in the middle of a request may be when its response starts.</summary>
    public int Quarter => Settle / 4;

    /// <summary>From which age on a token's age makes no difference. A late request remembers how old its token was before.</summary>
    public int OldAge => Late > 0 ? Settle + RoundTrip : Settle;

    /// <summary>How many generations the store may forget, at any moment, any number of times.</summary>
    public int Fallback { get; init; }

    /// <summary>How long after it was written a cookie may be lost to a power cut; 0: never.</summary>
    public int DiskLag { get; init; }

    /// <summary>How many tokens the thief keeps at once; 0: there is no thief.</summary>
    public int Loot { get; init; }

    /// <summary>
    /// Whether the thief may also take a token out of a request or an answer under way, which the owner may not have yet.
    /// </summary>
    public bool TheftInTheAir { get; init; }

    /// <summary>For how many different settled tokens both must have been answered since the theft to be called sharing.</summary>
    public int Shared { get; init; } = 2;

    /// <summary>Whether the same token counts again each time it is answered, as after a lost or repeated response.</summary>
    public bool CountsRepeats { get; init; }

    /// <summary>How often the store may fall back after the theft; 0: any number of times.</summary>
    public int Fallbacks { get; init; }

    public override string ToString() =>
        $"settle {Settle}, round trip {(RoundTrip > 0 ? RoundTrip : "any")}, {Flights} at once"
        + (Pages > 0 ? $", {Pages} pages, up {Up}, down {Down}" : "")
        + (Late > 0 ? $", {Late} late" : "")
        + (Fallback > 0 ? $", store forgets {Fallback}" : "")
        + (DiskLag > 0 ? $", jar on disk {DiskLag} behind" : "")
        + (Loot > 0 ? $", thief of {Loot} tokens{(TheftInTheAir ? " from the air" : "")}" : "")
        + (Loot > 0 ? $", {Shared} {(CountsRepeats ? "responses" : "tokens")} each" : "")
        + (Fallbacks > 0 ? $", {Fallbacks} fallbacks after the theft" : "");
}
