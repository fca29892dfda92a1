using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// A feature of a request whose client expects the tokens in another JSON than <see cref="TokenJson"/> writes.
/// </summary>
internal interface ITokenBody
{
    /// <summary>Writes the tokens of a sign-in with the transport <c>Body</c>.</summary>
    void Write(HttpResponse response, IssuedTokens tokens);
}
