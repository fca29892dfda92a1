using System.Text;

namespace Pawl.Fuzz;

/// <summary>The seeds: those in the repository, and tokens made from the fixed keys.</summary>
internal static class Seeds
{
    private static readonly Session Session = new()
    {
        Id = new SessionId("0123456789abcdef"u8),
        Subject = "alice",
        Head = new SessionHead(0, 100),
        CreatedAt = Given.Now,
        LastUsedAt = Given.Now,
        ExpiresAt = Given.Now.AddDays(90),
        Claims = """{"client_id":"app","role":"admin"}"""u8.ToArray(),
    };

    /// <summary>The seeds of a target, from beside its source and made.</summary>
    public static IReadOnlyList<byte[]> Of(Target target)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "seeds", target.Name);
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(File.ReadAllBytes) : [];
        return [.. files, .. Made(target)];
    }

    /// <summary>Writes all of them, a folder for each target, as afl-fuzz takes them.</summary>
    public static void Write(string folder)
    {
        foreach (var target in Target.All)
        {
            var into = Directory.CreateDirectory(Path.Combine(folder, target.Name)).FullName;
            foreach (var (i, seed) in Of(target).Index())
                File.WriteAllBytes(Path.Combine(into, $"{i}"), seed);
        }
    }

    private static IEnumerable<byte[]> Made(Target target)
    {
        var access = AccessTokenWriter.Write(Session, Given.Key, Given.Rules, "jti-1", Given.Now, Given.Now.AddMinutes(5));
        var refresh = RefreshTokenCodec.Write(RefreshToken.First(Session.Id, Session.Head, 101, Given.Now), Given.RefreshKey);
        var ticket = ConnectionTicketCodec.Write(new ConnectionTicket(Session.Id, 102, Given.Now), Given.RefreshKey);
        string[] made = target.Name switch
        {
            "access" => [access, "a.b.c"],
            "refresh" => [refresh, RefreshTokenCodec.Prefix],
            "ticket" => [ticket, ConnectionTicketCodec.Prefix],
            "spelling" => [access.Split('.')[0]],
            "signed" => [$"{Text(access, 0)}\n{Text(access, 1)}", Text(access, 1)],
            "cookies" =>
            [
                $"{AspNetCore.PawlDefaults.AccessCookie}={access}; {AspNetCore.PawlDefaults.RefreshCookie}={refresh}",
                $"a=b\n\nBearer {access}",
            ],
            "account" =>
            [
                """{"email":"ada@example.com","password":"Correct-Horse-7","transport":"body","device":"ada's phone"}""",
                """{"current":"Correct-Horse-7","new":"Correct-Horse-8"}""",
            ],
            "text" =>
            [
                Utf16("ada@example.com"),
                Utf16("verb musk oxen tulip"),
                Utf16("\uFB01nch caf\u00E9\uFFFE\uD800@\u200B\uD83D\uDC19.example\0"),
            ],
            "form" => [$"grant_type=refresh_token&refresh_token={refresh}"],
            _ => [],
        };
        return made.Select(Encoding.Latin1.GetBytes);
    }

    // Each byte is a character, as in the others.
    private static string Utf16(string text) =>
        Encoding.Latin1.GetString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(text.AsSpan()));

    private static string Text(string token, int segment) =>
        Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[segment]));
}
