using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pawl;

namespace Pawl.Bench.Growth;

/// <summary>
/// The sessions of a run, each made from its number alone, so that nobody has to remember ten million of them, and a database can make
/// them, too. Two of a user, whose id is a GUID; five claims; the device as its browser calls itself.
/// </summary>
internal static class Population
{
    public const string Device =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    public const string Claims = """{"auth_time":1764000000,"amr":["pwd"],"client_id":"web","roles":["editor"],"tenant":"t0123"}""";

    public const int SessionsOfUser = 2;

    /// <summary>What of a session is text of its user's: the least that any store has to keep.</summary>
    public static int Payload { get; } = Subject(0).Length + Device.Length + Claims.Length;

    public static SessionId Id(long number) => new(Hash($"s{number.ToString(CultureInfo.InvariantCulture)}"));

    public static string Subject(long number) =>
        new Guid(Hash($"u{(number / SessionsOfUser).ToString(CultureInfo.InvariantCulture)}"), bigEndian: true).ToString();

    /// <summary>The token that is the session's head in a generation.</summary>
    public static SessionHead Head(long number, uint generation) => new(generation, (ulong)(number * 1000) + generation);

    public static Session Session(long number, string subject, DateTimeOffset now, TimeSpan life) =>
        new()
        {
            Id = Id(number),
            Subject = subject,
            Head = Head(number, 0),
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + life,
            Device = Device,
            Claims = Encoding.UTF8.GetBytes(Claims),
        };

    private static byte[] Hash(string text) => MD5.HashData(Encoding.ASCII.GetBytes(text));
}
