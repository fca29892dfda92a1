using Pawl.Differential.Tests.Corpus;

namespace Pawl.Differential.Tests.Peers;

/// <summary>What a verifier said of one token.</summary>
internal sealed record Verdict(bool Accepted, string? Why = null);

/// <summary>Another verifier, with our keys, issuer, audience and moment, and as strict as its options allow.</summary>
internal abstract class Peer(string name)
{
    public string Name { get; } = name;

    /// <summary>What is not here that it needs, with the way to get it; null if it can be asked.</summary>
    public virtual string? Missing => null;

    public abstract Task<IReadOnlyList<Verdict>> VerifyAsync(Issuer issuer, IReadOnlyList<string> tokens);

    public static IReadOnlyList<Peer> All { get; } =
    [
        new MicrosoftPeer(),
        new ProcessPeer(
            "jose",
            "node",
            ["verify.mjs"],
            "jose",
            prepare: ["npm", "ci", "--no-audit", "--no-fund"],
            prepared: "node_modules/jose/package.json"
        ),
        // The system's own Python, which is the one that Debian's packages are for.
        new ProcessPeer(
            "PyJWT",
            "/usr/bin/python3",
            ["verify.py"],
            "pyjwt",
            probe: ["-c", "import jwt, cryptography"],
            package: "python3-jwt and python3-cryptography"
        ),
        new ProcessPeer(
            "golang-jwt",
            "go",
            ["run", "verify.go"],
            "golang",
            probe: ["list", "github.com/golang-jwt/jwt"],
            package: "golang-go and golang-github-golang-jwt-jwt-dev"
        ),
    ];
}
