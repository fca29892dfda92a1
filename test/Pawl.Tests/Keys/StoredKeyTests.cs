using System.Text;
using System.Text.Json;

namespace Pawl.Tests.Keys;

public sealed class StoredKeyTests
{
    private static readonly StoredKey[] Keys =
    [
        new(
            KeyPurpose.AccessToken,
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs",
            "ES256",
            Given.Now,
            Given.Now.AddDays(30),
            Given.Now.AddDays(31),
            [1, 2, 255]
        ),
        new(KeyPurpose.RefreshToken, "7", "HS256", Given.Now.AddTicks(1), Given.Now.AddDays(365), Given.Now.AddDays(500), []),
    ];

    [Fact]
    public void A_document_is_read_back_as_it_was_written()
    {
        var read = StoredKey.ReadAll(StoredKey.WriteAll(Keys));
        // Records compare arrays by reference.
        Assert.Equal(
            Keys.Select(static k => k with { Secret = [] }).Select(static k => k.ToString()),
            read.Select(static k => k.ToString())
        );
        foreach (var (expected, actual) in Keys.Zip(read))
            Assert.Equal(
                (
                    expected.Purpose,
                    expected.Id,
                    expected.Algorithm,
                    expected.ActivatesAt,
                    expected.RetiresAt,
                    expected.ExpiresAt,
                    Convert.ToHexString(expected.Secret)
                ),
                (
                    actual.Purpose,
                    actual.Id,
                    actual.Algorithm,
                    actual.ActivatesAt,
                    actual.RetiresAt,
                    actual.ExpiresAt,
                    Convert.ToHexString(actual.Secret)
                )
            );
    }

    [Fact]
    public void The_names_in_a_document_are_fixed_since_other_versions_read_them() =>
        Assert.Equal(
            """[{"purpose":"AccessToken","id":"k","algorithm":"ES256","activates_at":"2026-11-23T18:00:00+00:00","retires_at":"2026-11-24T18:00:00+00:00","expires_at":"2026-11-25T18:00:00+00:00","secret":"AQID"}]""",
            Encoding.UTF8.GetString(
                StoredKey.WriteAll([
                    new(KeyPurpose.AccessToken, "k", "ES256", Given.Now, Given.Now.AddDays(1), Given.Now.AddDays(2), [1, 2, 3]),
                ])
            )
        );

    [Fact]
    public void Nothing_and_an_empty_list_are_no_keys()
    {
        Assert.Empty(StoredKey.ReadAll(default));
        Assert.Empty(StoredKey.ReadAll("[]"u8.ToArray()));
        Assert.Empty(StoredKey.ReadAll("null"u8.ToArray()));
        Assert.Empty(StoredKey.ReadAll(StoredKey.WriteAll([])));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("[{\"purpose\":\"Cookie\"}]")]
    public void Anything_else_is_no_document(string content) =>
        Assert.ThrowsAny<JsonException>(() => StoredKey.ReadAll(Encoding.UTF8.GetBytes(content)));
}
