using System.Security.Cryptography;

namespace Pawl.Tests.Proofs;

public sealed class ImportedKeysTests
{
    private readonly ImportedKeys _keys = new(capacity: 4);
    private int _imports;

    [Fact]
    public void A_key_is_imported_once_while_it_is_in_use()
    {
        var first = Find(1);
        Assert.NotNull(first);
        for (byte other = 2; other < 100; other++)
        {
            Find(other);
            Assert.Same(first, Find(1));
        }
        Assert.Equal(99, _imports);
    }

    [Fact]
    public void Keys_that_are_not_in_use_are_dropped()
    {
        var first = Find(1);
        for (byte other = 2; other < 12; other++)
            Find(other);
        Assert.NotSame(first, Find(1));
    }

    [Fact]
    public void What_is_no_key_is_not_kept()
    {
        Assert.Null(_keys.Find([0], static _ => null));
        Assert.NotNull(Find(0));
    }

    [Fact]
    public void One_object_verifies_for_many_threads_at_once()
    {
        using var device = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = device.ExportParameters(false).Q;
        byte[] key = [DeviceKeys.Uncompressed, .. q.X!, .. q.Y!];
        byte[] data = [1, 2, 3];
        var signature = device.SignData(data, HashAlgorithmName.SHA256);
        Parallel.For(0, 200, i =>
        {
            byte[] signed = i % 2 == 0 ? data : [3, 2, 1];
            Assert.Equal(i % 2 == 0, DeviceKeys.TryImport(key)!.VerifyData(signed, signature, HashAlgorithmName.SHA256));
        });
    }

    private ECDsa? Find(byte name) => _keys.Find([name], _ =>
        {
            _imports++;
            return ECDsa.Create(ECCurve.NamedCurves.nistP256);
        });
}
