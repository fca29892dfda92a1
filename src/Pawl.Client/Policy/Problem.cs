using Pawl.Client.Vault;

namespace Pawl.Client.Policy;

/// <summary>The code and the reason of a problem. The header <c>Pawl-Problem</c> comes first: not every response has a body.</summary>
internal readonly record struct Problem(string? Code, string? Reason)
{
    public const string UseNonce = "use_dpop_nonce";
    public const string InvalidProof = "invalid_dpop_proof";
    public const string ProofRequired = "device_proof_required";

    private const string ReasonParameter = ";reason=";

    public static Problem Of(string? header, ReadOnlySpan<byte> body)
    {
        if (string.IsNullOrEmpty(header))
            return body.IsEmpty || TokenJson.ReadResponse(body) is not { } response ? default : new(response.Code, response.Reason);
        var at = header.IndexOf(ReasonParameter, StringComparison.Ordinal);
        return at < 0 ? new(header, null) : new(header[..at], header[(at + ReasonParameter.Length)..]);
    }
}
