using System.Buffers.Text;
using System.Text.RegularExpressions;

namespace Pawl.AspNetCore.Tests;

/// <summary>What must not be guessed comes from the platform's generator, and there is enough of it.</summary>
public sealed partial class RandomnessTests
{
    [Requirement("KEY-01")]
    [Theory]
    [InlineData("ES256", "x", 32)]
    [InlineData("RS256", "n", 384)]
    public async Task Keys_are_as_large_as_documented(string algorithm, string member, int size)
    {
        await using var app = await TestApp.StartAsync(o => o.SigningAlgorithm = SigningAlgorithm.Find(algorithm)!);
        var key = Assert.Single((await app.SendRawAsync("GET", "/auth/jwks")).Json.GetProperty("keys").EnumerateArray());
        Assert.Equal(size, Base64Url.DecodeFromChars(key.GetProperty(member).GetString()).Length);
        var stored = StoredKey.ReadAll((await app.Service<IKeyStore>().ReadKeysAsync(TestContext.Current.CancellationToken)).Content);
        var secret = app.Service<KeyProtection>().Unprotect(Assert.Single(stored, static k => k.Purpose is KeyPurpose.RefreshToken));
        Assert.Equal(32, secret.Length);
        // Random, and not left as it was allocated.
        Assert.InRange(secret.Distinct().Count(), 16, 32);
    }

    [Requirement("KEY-01")]
    [Fact]
    public async Task Two_servers_make_different_keys()
    {
        await using var one = await TestApp.StartAsync();
        await using var other = await TestApp.StartAsync();
        Assert.NotEqual(one.Service<KeyRingProvider>().Ring.Signing!.KeyId, other.Service<KeyRingProvider>().Ring.Signing!.KeyId);
    }

    [Requirement("RT-01")]
    [Fact]
    public void A_million_ids_are_a_million()
    {
        const int Count = 1_000_000;
        HashSet<ulong> tokens = new(Count);
        HashSet<SessionId> sessions = new(Count);
        for (var i = 0; i < Count; i++)
            Assert.True(tokens.Add(TokenIssuer.NewTokenId()) && sessions.Add(TokenIssuer.NewSessionId()));
        // Every bit is one about half of the time: none is fixed, as in a version or a counter.
        for (var bit = 0; bit < 64; bit++)
            Assert.InRange(tokens.Count(id => (id >> bit & 1) != 0), Count * 0.49, Count * 0.51);
    }

    [Requirement("KEY-01", "RT-01")]
    [Fact]
    public void There_is_no_other_source_of_randomness_in_the_product()
    {
        // Seeded generators repeat themselves, and a GUID is made to be unique, not to be secret.
        // The tests of a store draw from a seed, so that a history can be repeated.
        var sources = Directory
            .GetFiles(Path.Combine(SourceTree.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(static path => !path.Contains("Pawl.Stores.Testing", StringComparison.Ordinal))
            .ToArray();
        Assert.True(sources.Length > 80);
        Assert.All(sources, static path => Assert.DoesNotMatch(OtherSources(), File.ReadAllText(path)));
        Assert.Contains(sources, static path => File.ReadAllText(path).Contains("RandomNumberGenerator.Fill", StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\bnew Random\b|\bRandom\.Shared\b|\bGuid\.(NewGuid|CreateVersion7)\b|\bRNGCryptoServiceProvider\b")]
    private static partial Regex OtherSources();
}
