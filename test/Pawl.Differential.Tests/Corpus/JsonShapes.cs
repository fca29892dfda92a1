namespace Pawl.Differential.Tests.Corpus;

/// <summary>A JSON object in unusual or broken shapes, whatever its members are.</summary>
internal static class JsonShapes
{
    public static IEnumerable<string> Make(string good)
    {
        var inner = good[1..^1];
        return
        [
            "",
            "{}",
            "[]",
            "null",
            "true",
            "1",
            "\"x\"",
            $"[{good}]",
            $"\"{inner.Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
            $"{{{inner},}}",
            $"{{,{inner}}}",
            good + good,
            good + " x",
            good + "\0",
            good + "}",
            good[..^1],
            "{" + good,
            "\ufeff" + good,
            $"{{{inner}/**/}}",
            $"{{{inner}//\n}}",
            good.Replace('"', '\''),
            $"{{{inner},\"x\":1,\"x\":2}}",
            $"{{{inner},\"x\":{{\"y\":1,\"y\":2}}}}",
            $"{{{inner},\"x\":NaN}}",
            $"{{{inner},\"x\":01}}",
            $"{{{inner},\"x\":\"a\tb\"}}",
            $"{{{inner},\"x\":\"\\x41\"}}",
            $"{{{inner},x:1}}",
            $" {good} ",
            good.Replace(",", " ,\n ", StringComparison.Ordinal),
        ];
    }
}
