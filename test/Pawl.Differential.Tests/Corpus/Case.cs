namespace Pawl.Differential.Tests.Corpus;

/// <summary>Where a token comes from.</summary>
internal enum Origin
{
    /// <summary>Pawl wrote it: everybody accepts it.</summary>
    Issued,

    /// <summary>
    /// It is signed by a key in force, over these very bytes, but it says something that Pawl would not: Pawl accepts it only if everybody
    /// does.
    /// </summary>
    Signed,

    /// <summary>No key in force has signed these bytes, in this form: nobody may accept it, Pawl least of all.</summary>
    Forged,
}

/// <summary>One token of the corpus.</summary>
/// <param name="Class">Which mutation made it.</param>
/// <param name="Origin">What has to hold of it.</param>
/// <param name="Token">As it would stand in a request.</param>
internal sealed record Case(string Class, Origin Origin, string Token);
