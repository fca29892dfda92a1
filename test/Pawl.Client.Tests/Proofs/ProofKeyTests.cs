using System.Security.Cryptography;

namespace Pawl.Client.Tests;

/// <summary>A key of the app's own: what it does wrong is said in a sentence, and the session goes on when it works again.</summary>
public sealed class ProofKeyTests
{
    [Fact]
    public async Task A_key_of_the_platform_signs_every_proof_and_only_its_thumbprint_is_saved()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        using var key = new PlatformKey();
        var vault = new MemoryTokenVault();
        var (session, client) = await app.SignInAsync(vault: vault, configure: options => options.UseDpop(key));
        Assert.True(Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop)).IsBound);
        var before = key.Signatures;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.GetStringAsync(new Uri(app.Address, "/me"), Stop)));
        Assert.Equal(before + 20, key.Signatures);
        var saved = System.Text.Encoding.UTF8.GetString((await vault.ReadAsync(Stop))!.ToBytes());
        Assert.DoesNotContain("\"proof_key\"", saved, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_locked_key_store_makes_the_session_unavailable_and_nothing_is_lost()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        using var key = new PlatformKey();
        var (session, client) = await app.SignInAsync(configure: options => options.UseDpop(key));
        key.Fault = new IOException("secret text of the app");

        var fault = await Assert.ThrowsAsync<SessionUnavailableException>(() => client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        Assert.Equal("The proof key has failed with IOException.", fault.Message);
        app.Expire();
        Assert.Equal(fault.Message, Assert.IsType<Unavailable>(await session.GetTokenAsync(Stop)).Problem);

        key.Fault = null;
        Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
    }

    [Fact]
    public async Task A_signature_in_DER_and_one_by_another_key_are_refused_before_the_server_sees_them()
    {
        await using var app = await ClientApp.StartWithDpopAsync();
        using var der = new PlatformKey { Format = DSASignatureFormat.Rfc3279DerSequence };
        using var other = new PlatformKey();
        var wrong = new FixedKey(der.PublicKey.ToArray(), other);
        foreach (var (key, problem) in new (IProofKey, string)[] { (der, "not DER"), (wrong, "its public key does not verify") })
        {
            var (session, client) = await app.SignInAsync(configure: options => options.UseDpop(key));
            var unbound = Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
            Assert.False(unbound.IsBound);
            Assert.Contains(problem, unbound.BindingProblem, StringComparison.Ordinal);
            Assert.Equal("ada", await client.GetStringAsync(new Uri(app.Address, "/me"), Stop));
        }
        Assert.Equal(0, app.Refreshes);
    }

    [Fact]
    public void A_public_key_of_another_form_is_refused_at_the_start()
    {
        foreach (var size in new[] { 0, 64, 65, 91 })
        {
            var options = new PawlSessionOptions { Server = new("https://example.com") };
            var bytes = new byte[size];
            if (size > 0)
                bytes[0] = 4;
            options.UseDpop(new FixedKey(bytes));
            var refused = Assert.Throws<ArgumentException>(() => new PawlSession(options));
            Assert.Contains("P-256", refused.Message, StringComparison.Ordinal);
        }
    }

    private sealed class FixedKey(byte[] publicKey, IProofKey? signer = null) : IProofKey
    {
        public ReadOnlyMemory<byte> PublicKey => publicKey;

        public ValueTask<byte[]> SignAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken) =>
            signer?.SignAsync(data, cancellationToken) ?? throw new InvalidOperationException();
    }
}
