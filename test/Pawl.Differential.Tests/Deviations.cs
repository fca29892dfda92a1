using Pawl.Differential.Tests.Corpus;

namespace Pawl.Differential.Tests;

/// <summary>
/// What we accept and another verifier refuses, class by class, each with the reason why we are right, or at least not wrong. Anything else
/// is a failure.
/// </summary>
/// <param name="Class">The class of tokens.</param>
/// <param name="Peer">Who refuses them.</param>
/// <param name="Reason">Why that is no gap of ours.</param>
internal sealed record Deviation(string Class, string Peer, string Reason)
{
    public static IReadOnlyList<Deviation> All { get; } =
    [
        new(
            "header typ in another spelling",
            "Microsoft",
            "RFC 9068, section 4 and RFC 7515, section 4.1.9: a media type, in any case of letters, with or without application/. "
                + "It compares texts."
        ),
        new(
            ClaimMutations.HalfPair,
            "Microsoft",
            "An escape like \\ud800 is grammatical JSON (RFC 8259, section 8.2). We refuse it in every text we keep, and do not "
                + "look at the rest; it decodes all of them."
        ),
        new(
            ClaimMutations.BeyondDouble,
            "golang-jwt",
            "1e400 is grammatical JSON (RFC 8259, section 6). It turns every number of a token into a double, and that is none."
        ),
        new("azp that is no text", "Microsoft", "We do not read azp; it wants every token's to be a text."),
        new("x5t that is no text", "Microsoft", "We never look at x5t (RFC 8725, section 3.10); it looks for a key by it."),
    ];
}
