using System.Buffers.Text;
using System.Text;

namespace Pawl.Differential.Tests.Corpus;

/// <summary>A good token in another shape: nothing that is not its three segments is signed.</summary>
internal static class StructureMutations
{
    private const string Characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ {}\"\\\0\u00e9\uffff";

    public static IEnumerable<Case> Make(Issuer issuer, Random random)
    {
        string Good() => IssuedTokens.Write(random.Next(2) == 0 ? issuer.EcKey : issuer.RsaKey, random);

        for (var i = 0; i < 8; i++)
        {
            var (a, b) = (Good(), Good());
            foreach (var shape in Shapes(a, b))
                yield return new("structure", Origin.Forged, shape);
        }
        for (var i = 0; i < 500; i++)
            yield return Different("character replaced", Good(), (text, at) => text[..at] + Character() + text[(at + 1)..]);
        for (var i = 0; i < 250; i++)
            yield return Different("character inserted", Good(), (text, at) => text[..at] + Character() + text[at..]);
        for (var i = 0; i < 250; i++)
            yield return Different("characters removed", Good(), (text, at) =>
                text[..at] + text[Math.Min(text.Length, at + random.Next(1, 20))..]
            );
        for (var i = 0; i < 150; i++)
            yield return Different("cut off", Good(), static (text, at) => text[..at]);
        for (var i = 0; i < 150; i++)
            yield return Different("characters doubled", Good(), (text, at) => text[..at] + text[Math.Max(0, at - random.Next(1, 20))..]);
        for (var i = 0; i < 250; i++)
        {
            yield return Different("several at once", Good(), (text, at) =>
            {
                text = text[..at] + Character() + text[(at + 1)..];
                at = random.Next(text.Length);
                text = text[..at] + text[Math.Min(text.Length, at + random.Next(1, 4))..];
                at = random.Next(text.Length);
                return text[..at] + Character() + text[at..];
            });
        }

        char Character() => Characters[random.Next(Characters.Length)];

        Case Different(string name, string text, Func<string, int, string> change)
        {
            string changed;
            do changed = change(text, random.Next(text.Length));
            while (changed == text);
            return new(name, Origin.Forged, changed);
        }
    }

    private static IEnumerable<string> Shapes(string token, string other)
    {
        var (a, b) = (token.Split('.'), other.Split('.'));
        var (header, payload, signature) = (a[0], a[1], a[2]);
        return
        [
            "",
            ".",
            "..",
            "...",
            "....",
            header,
            $"{header}.{payload}",
            $"{header}.{payload}.",
            $"{header}..{signature}",
            $".{payload}.{signature}",
            $"{header}.{signature}",
            $"{payload}.{header}.{signature}",
            $"{header}.{signature}.{payload}",
            $"{signature}.{payload}.{header}",
            $"{header}{payload}.{signature}",
            token + ".",
            "." + token,
            token + "..",
            $"{token}.{signature}",
            $"{token}.{token}",
            $"{header}.{payload}.{payload}.{signature}",
            $"{header}.{header}.{payload}.{signature}",
            $"{header}.{payload}.{signature}.{payload}.{signature}",
            $"{token}.e30",
            $"{header}:{payload}:{signature}",
            $"{header},{payload},{signature}",
            token.Replace('.', '\u3002'),
            token + " ",
            " " + token,
            token + "\n",
            token + "\r\n",
            "\t" + token,
            token + "\0",
            "\0" + token,
            "\ufeff" + token,
            $"{header} .{payload}.{signature}",
            $"{header}. {payload}.{signature}",
            $"{header}.{payload} .{signature}",
            $"{header}.{payload}\n.{signature}",
            $"{header}.{payload}.\n{signature}",
            token + "\u00a0",
            $"\"{token}\"",
            $"'{token}'",
            "Bearer " + token,
            token + ";",
            token + ",",
            $"{token},{other}",
            $"{token} {other}",
            token.ToUpperInvariant(),
            token.ToLowerInvariant(),
            $"{b[0]}.{payload}.{b[2]}",
            $"{header}.{b[1]}.{signature}",
            $"{header}.{payload}.{b[2]}",
            $"{b[0]}.{b[1]}.{signature}",
            $$"""{"protected":"{{header}}","payload":"{{payload}}","signature":"{{signature}}"}""",
            $$"""{"payload":"{{payload}}","signatures":[{"protected":"{{header}}","signature":"{{signature}}"}]}""",
            $$"""{"payload":"{{payload}}","signatures":[]}""",
            $$"""{"  {{header}}.{{payload}}.{{signature}}":0,"protected":"{{header}}","payload":"{{b[1]}}","signature":"{{signature}}"}""",
            $$"""[{{token}}]""",
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(token)),
            string.Concat(token.Reverse()),
            Uri.EscapeDataString(token).Replace(".", "%2E", StringComparison.Ordinal),
            $"{header}.{new string('A', 12_000)}.{signature}",
            $"{header}.{payload}.{new string('A', 12_000)}",
            new('.', 4_000),
            new('A', 9_000),
            token + new string('=', 3),
        ];
    }
}
