using System.Text;

namespace Pawl.Stores.Testing;

/// <summary>The key document changes by compare-and-set on its version.</summary>
/// <typeparam name="TPlace">Where the store keeps sessions.</typeparam>
public abstract class KeyContract<TPlace> : SessionStoreContract<TPlace>
    where TPlace : StorePlace, new()
{
    [Fact]
    public async Task A_new_place_has_no_keys()
    {
        var document = await Keys.ReadKeysAsync(Cancel);
        Assert.Equal((0, 0), (document.Version, document.Content.Length));
    }

    [Fact]
    public async Task Each_write_counts_the_version_up_and_only_one_from_that_version_is_taken()
    {
        var others = Open().Keys;
        Assert.True(await Keys.TryWriteKeysAsync(new(0, "[1]"u8.ToArray()), Cancel));
        Assert.False(await others.TryWriteKeysAsync(new(0, "[2]"u8.ToArray()), Cancel));
        Assert.Equal((1, "[1]"), await ReadAsync(others));
        Assert.True(await others.TryWriteKeysAsync(new(1, "[3]"u8.ToArray()), Cancel));
        Assert.False(await Keys.TryWriteKeysAsync(new(1, "[4]"u8.ToArray()), Cancel));
        Assert.False(await Keys.TryWriteKeysAsync(new(3, "[5]"u8.ToArray()), Cancel));
        Assert.Equal((2, "[3]"), await ReadAsync(Keys));
    }

    [Requirement("KEY-09")]
    [Fact]
    public async Task Of_many_callers_that_write_one_version_one_succeeds()
    {
        var others = Open().Keys;
        for (var version = 0; version < 30; version++)
        {
            var taken = await Task.WhenAll(
                Enumerable
                    .Range(0, 16)
                    .Select(i =>
                        Task.Run(
                            async () => await (i % 2 == 0 ? Keys : others).TryWriteKeysAsync(new(version, new byte[] { (byte)i }), Cancel),
                            Cancel
                        )
                    )
            );
            Assert.Single(taken, static t => t);
        }
        Assert.Equal(30, (await Keys.ReadKeysAsync(Cancel)).Version);
    }

    [Fact]
    public async Task A_large_document_is_kept_byte_for_byte()
    {
        var content = Enumerable.Range(0, 100_000).Select(static i => (byte)i).ToArray();
        Assert.True(await Keys.TryWriteKeysAsync(new(0, content), Cancel));
        Assert.Equal(content, (await Open().Keys.ReadKeysAsync(Cancel)).Content.ToArray());
    }

    private static async Task<(long, string)> ReadAsync(IKeyStore keys)
    {
        var document = await keys.ReadKeysAsync(Cancel);
        return (document.Version, Encoding.UTF8.GetString(document.Content.Span));
    }
}
