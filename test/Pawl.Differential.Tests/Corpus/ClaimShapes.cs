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
            .. JsonShapes.Make(good),
            $"{{{inner},\"sub\":\"admin\"}}",
            $"{{\"sub\":\"admin\",{inner}}}",
            $"{{{inner},\"exp\":9999999999}}",
            $"{{\"exp\":1,{inner}}}",
            $"{{{inner},\"iss\":\"x\"}}",
            $"{{{inner},\"aud\":\"x\"}}",
            $"{{{inner},\"\\u0073ub\":\"admin\"}}",
            $"{{{inner},\"\\u0073ub\":\"alice\"}}",
            $"{{{inner},\"x\":-Infinity}}",
            $"{{{inner},\"x\":0x10}}",
            $"{{{inner},\"x\":1_000}}",
            $"{{{inner},\"x\":\"a\nb\"}}",
            $"\n{good}\r\n\t ",
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
