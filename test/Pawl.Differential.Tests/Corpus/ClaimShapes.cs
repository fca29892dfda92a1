namespace Pawl.Differential.Tests.Corpus;

/// <summary>Claims as JSON in unusual or broken shapes.</summary>
internal static class ClaimShapes
{
    public static IEnumerable<string> Make()
    {
        var good = Issuer.Payload();
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
            $"{{{inner},\"sub\":\"admin\"}}",
            $"{{\"sub\":\"admin\",{inner}}}",
            $"{{{inner},\"exp\":9999999999}}",
            $"{{\"exp\":1,{inner}}}",
            $"{{{inner},\"iss\":\"x\"}}",
            $"{{{inner},\"aud\":\"x\"}}",
            $"{{{inner},\"\\u0073ub\":\"admin\"}}",
            $"{{{inner},\"\\u0073ub\":\"alice\"}}",
            $"{{{inner},\"x\":1,\"x\":2}}",
            $"{{{inner},\"x\":{{\"y\":1,\"y\":2}}}}",
            $"{{{inner},\"x\":NaN}}",
            $"{{{inner},\"x\":-Infinity}}",
            $"{{{inner},\"x\":01}}",
            $"{{{inner},\"x\":0x10}}",
            $"{{{inner},\"x\":1_000}}",
            $"{{{inner},\"x\":\"a\tb\"}}",
            $"{{{inner},\"x\":\"a\nb\"}}",
            $"{{{inner},\"x\":\"\\x41\"}}",
            $"{{{inner},x:1}}",
            $" {good} ",
            $"\n{good}\r\n\t ",
            good.Replace(",", " ,\n ", StringComparison.Ordinal),
            $"\f{good}",
            $"\u2028{good}",
            good.Replace("iss", "\\u0069ss", StringComparison.Ordinal),
            good.Replace("exp", "\\u0065xp", StringComparison.Ordinal),
            $"{{{inner},\"x\":[[[[[[1]]]]]]}}",
            $"{{{inner},\"x\":[[[[[[[[[[1]]]]]]]]]]}}",
            $"{{{inner},\"x\":{new string('[', 400)}{new string(']', 400)}}}",
            $"{{{inner},\"x\":\"{new string('x', 3000)}\"}}",
            $"{{{inner},\"x\":\"{new string('x', 9000)}\"}}",
            Issuer.Payload(("sub", $"\"{new string('s', 256)}\"")),
            Issuer.Payload(("sub", $"\"{new string('s', 257)}\"")),
            Issuer.Payload(("sid", "\"MDEyMzQ1Njc4OWFiY2RlZg\"")),
            Issuer.Payload(("sid", "\"MDEyMzQ1Njc4OWFiY2RlZh\"")),
            Issuer.Payload(("sid", "\"MDEyMzQ1Njc4OWFiY2RlZg==\"")),
            Issuer.Payload(("sub", "\"\\u0061lice\"")),
            Issuer.Payload(("sub", "\"\\ud83d\\ude00\"")),
        ];
    }
}
