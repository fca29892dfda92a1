namespace Pawl.Differential.Tests.Corpus;

/// <summary>A header as JSON in unusual or broken shapes.</summary>
internal static class HeaderShapes
{
    public static IEnumerable<string> Make(Signer signer)
    {
        var good = signer.Header;
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
            $"// x\n{good}",
            good.Replace('"', '\''),
            good.Replace(":", "=", StringComparison.Ordinal),
            $"{{{inner},\"alg\":\"none\"}}",
            $"{{\"alg\":\"none\",{inner}}}",
            $"{{{inner},\"kid\":\"x\"}}",
            $"{{\"kid\":\"x\",{inner}}}",
            $"{{{inner},\"typ\":\"JWT\"}}",
            $"{{{inner},\"\\u0061lg\":\"none\"}}",
            $"{{{inner},\"\\u0061lg\":\"{signer.Algorithm}\"}}",
            $"{{{inner},\"x\":1,\"x\":2}}",
            $"{{{inner},\"x\":{{\"y\":1,\"y\":2}}}}",
            $"{{{inner},\"x\":NaN}}",
            $"{{{inner},\"x\":Infinity}}",
            $"{{{inner},\"x\":01}}",
            $"{{{inner},\"x\":+1}}",
            $"{{{inner},\"x\":.5}}",
            $"{{{inner},\"x\":1.}}",
            $"{{{inner},\"x\":\"a\tb\"}}",
            $"{{{inner},\"x\":\"\\x41\"}}",
            $"{{{inner},\"x\":undefined}}",
            $"{{{inner},x:1}}",
            $" {good} ",
            $"\n{good}\n",
            $"\t{good}",
            good.Replace(",", " ,\n ", StringComparison.Ordinal),
            $"\v{good}",
            $"\u00a0{good}",
            good.Replace("alg", "\\u0061lg", StringComparison.Ordinal),
            good.Replace("at+jwt", "at\\u002bjwt", StringComparison.Ordinal),
            good.Replace("typ", "\\u0074yp", StringComparison.Ordinal),
        ];
    }
}
