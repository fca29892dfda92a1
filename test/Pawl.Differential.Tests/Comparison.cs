using System.Collections.Concurrent;
using Pawl.Differential.Tests.Corpus;
using Pawl.Differential.Tests.Peers;

namespace Pawl.Differential.Tests;

/// <summary>The corpus, and what everybody says of it; made once for all tests.</summary>
public sealed class Comparison : IAsyncLifetime
{
    private readonly Issuer _issuer = new();

    internal IReadOnlyList<Case> Cases { get; private set; } = [];

    /// <summary>Pawl's own verdict on each case.</summary>
    internal IReadOnlyList<Verdict> Ours { get; private set; } = [];

    /// <summary>The verdicts of each verifier that is here.</summary>
    internal ConcurrentDictionary<string, IReadOnlyList<Verdict>> Theirs { get; } = [];

    /// <summary>What keeps the others from being asked.</summary>
    internal ConcurrentDictionary<string, string> Missing { get; } = [];

    /// <summary>The keys of this run, so that a failure can be looked into.</summary>
    internal string Keys => System.Text.Encoding.UTF8.GetString(JsonWebKeySet.Write(_issuer.Ring));

    public async ValueTask InitializeAsync()
    {
        Cases = Tokens.Make(_issuer);
        Ours =
        [
            .. Cases
                .Select(c => AccessTokenValidator.Validate(c.Token, _issuer.Ring, Issuer.Rules, Issuer.Now))
                .Select(static result => new Verdict(result.IsAccepted, result.Error.ToString())),
        ];
        string[] tokens = [.. Cases.Select(static c => c.Token)];
        await Parallel.ForEachAsync(Peer.All, async (peer, _) =>
        {
            if (peer.Missing is { } missing)
                Missing[peer.Name] = missing;
            else
                Theirs[peer.Name] = await peer.VerifyAsync(_issuer, tokens);
        });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
