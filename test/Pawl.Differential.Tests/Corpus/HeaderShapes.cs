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
            .. JsonShapes.Make(good),
            $"// x\n{good}",
            good.Replace(":", "=", StringComparison.Ordinal),
            $"{{{inner},\"alg\":\"none\"}}",
            $"{{\"alg\":\"none\",{inner}}}",
            $"{{{inner},\"kid\":\"x\"}}",
            $"{{\"kid\":\"x\",{inner}}}",
            $"{{{inner},\"typ\":\"JWT\"}}",
            $"{{{inner},\"\\u0061lg\":\"none\"}}",
            $"{{{inner},\"\\u0061lg\":\"{signer.Algorithm}\"}}",
            $"{{{inner},\"x\":Infinity}}",
            $"{{{inner},\"x\":+1}}",
            $"{{{inner},\"x\":.5}}",
            $"{{{inner},\"x\":1.}}",
            $"{{{inner},\"x\":undefined}}",
            $"\n{good}\n",
            $"\t{good}",
            $"\v{good}",
            $"\u00a0{good}",
            good.Replace("alg", "\\u0061lg", StringComparison.Ordinal),
            good.Replace("at+jwt", "at\\u002bjwt", StringComparison.Ordinal),
            good.Replace("typ", "\\u0074yp", StringComparison.Ordinal),
        ];
    }
}
