using System.Buffers.Text;
using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Keys are encrypted in the store. A copy of the database makes no token, and a node that cannot decrypt the keys does not start.
/// </summary>
public sealed class KeyProtectionTests
{
    [Requirement("KEY-10")]
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_secret_of_a_key_is_nowhere_in_the_file(bool hasOwnersKey)
    {
        await using var app = await TestApp.StartAsync(o =>
            o.KeyEncryptionKey = hasOwnersKey ? Enumerable.Range(0, 32).Select(static i => (byte)i).ToArray() : null
        );
        var document = await app.Service<IKeyStore>().ReadKeysAsync(TestContext.Current.CancellationToken);
        var keys = StoredKey.ReadAll(document.Content);
        Assert.Equal([KeyPurpose.AccessToken, KeyPurpose.RefreshToken], keys.Select(static k => k.Purpose));
        var file = app.Folder.ReadEverything();
        foreach (var key in keys)
        {
            var secret = app.Service<KeyProtection>().Unprotect(key);
            Assert.Equal(key.Purpose is KeyPurpose.RefreshToken ? 32 : 138, secret.Length);
            // The private number of a P-256 key stands at 36; any sixteen bytes of a secret, as they are or as text, would be a leak.
            var part = key.Purpose is KeyPurpose.RefreshToken ? secret.AsSpan(0, 16).ToArray() : secret.AsSpan(40, 16).ToArray();
            foreach (
                var form in new[]
                {
                    part,
                    Encoding.ASCII.GetBytes(Convert.ToBase64String(part)[..20]),
                    Encoding.ASCII.GetBytes(Convert.ToHexString(part)),
                    Encoding.ASCII.GetBytes(Convert.ToHexStringLower(part)),
                }
            )
                Assert.Equal(-1, file.AsSpan().IndexOf(form));
            Assert.NotEqual(-1, file.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Convert.ToBase64String(key.Secret)[..20])));
        }
    }

    [Fact]
    public async Task Without_what_they_were_encrypted_with_the_start_says_what_to_bring_back()
    {
        using var folder = new TestFolder();
        await (await TestApp.StartAsync(folder: folder)).DisposeAsync();
        var kept = folder.DataProtection;
        folder.DataProtection = new TestFolder().DataProtection;
        var thrown = await Assert.ThrowsAnyAsync<StoreUnavailableException>(() => TestApp.StartAsync(folder: folder));
        Assert.Contains("Bring back the Data Protection keys", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("PersistKeysToFileSystem", thrown.Message, StringComparison.Ordinal);

        folder.DataProtection = kept;
        await (await TestApp.StartAsync(folder: folder)).DisposeAsync();
    }

    [Fact]
    public async Task An_owners_key_replaces_Data_Protection_and_no_other_will_do()
    {
        using var folder = new TestFolder();
        var (right, wrong) = (new byte[32], Enumerable.Repeat((byte)1, 32).ToArray());
        await (await TestApp.StartAsync(o => o.KeyEncryptionKey = right, folder: folder)).DisposeAsync();
        folder.DataProtection = new TestFolder().DataProtection;
        await (await TestApp.StartAsync(o => o.KeyEncryptionKey = right, folder: folder)).DisposeAsync();
        foreach (var other in new[] { wrong, null })
        {
            var thrown = await Assert.ThrowsAnyAsync<StoreUnavailableException>(() =>
                TestApp.StartAsync(o => o.KeyEncryptionKey = other, folder: folder)
            );
            Assert.Contains("Set KeyEncryptionKey to the value it was encrypted with.", thrown.Message, StringComparison.Ordinal);
        }
    }

    [Requirement("RT-02")]
    [Fact]
    public async Task A_stolen_database_makes_no_token()
    {
        await using var app = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        var issued = new List<string> { ada.RefreshToken!, ada.AccessToken! };
        for (var i = 0; i < 3; i++)
        {
            app.Clock.Advance(TimeSpan.FromMinutes(1));
            await ada.RefreshAsync();
            issued.AddRange([ada.RefreshToken!, ada.AccessToken!]);
        }
        var file = app.Folder.ReadEverything();
        Assert.NotEqual(-1, file.AsSpan().IndexOf("ada"u8));
        foreach (var token in issued)
        {
            // The text, the MAC or signature at its end, and the bytes of that.
            var tail = token.Split('.')[^1][^24..];
            foreach (var form in new[] { Encoding.ASCII.GetBytes(token), Encoding.ASCII.GetBytes(tail), Base64Url.DecodeFromChars(tail) })
                Assert.Equal(-1, file.AsSpan().IndexOf(form));
        }
    }
}
