namespace Pawl.Differential.Tests.Corpus;

/// <summary>
/// The whole corpus. Which tokens are changed, where and how follows from the seed; keys, and so signatures, are new in every run.
/// </summary>
internal static class Tokens
{
    private const int Seed = 20261123;

    public static IReadOnlyList<Case> Make(Issuer issuer) =>
        [
            .. IssuedTokens.Make(issuer, new(Seed)),
            .. StructureMutations.Make(issuer, new(Seed)),
            .. HeaderMutations.Make(issuer, new(Seed)),
            .. ClaimMutations.Make(issuer, new(Seed)),
            .. EncodingMutations.Make(issuer, new(Seed)),
            .. SignatureMutations.Make(issuer, new(Seed)),
            .. KeyMutations.Make(issuer, new(Seed)),
        ];
}
