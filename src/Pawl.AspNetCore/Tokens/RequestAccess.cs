using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>
/// The access token by which a request is authenticated. A token that is bound to a key needs a proof by it wherever it is found, also in a
/// cookie; otherwise a thief would just leave the proof out.
/// </summary>
internal sealed class RequestAccess(TokenReader reader, DpopProofs proofs, SessionNonces nonces, UsedProofs used)
{
    /// <summary>Reads the token of a request. It does not ask the store whether the session has ended.</summary>
    public async ValueTask<ReadRequest> ReadAsync(HttpContext context, RequestTokens tokens, PawlOptions options)
    {
        var (token, error) = await reader.ReadAccessAsync(tokens.Access, options, context.RequestAborted);
        if (token is null)
            return new(null, error is AccessTokenError.Expired ? Problem.AccessTokenExpired : Problem.AccessTokenInvalid, error.ToString());
        var sent = tokens.IsDpop ? tokens.Bearer : default;
        return
            (tokens.IsDpop || token.Token.KeyThumbprint is not null)
            && proofs.FindFault(context, sent, token.Token, new(options.Issuer, nonces, used)) is { } fault
            ? new(null, fault, fault.Code)
            : new(token);
    }
}

/// <summary>The token of a request, or a problem and its cause for the metric.</summary>
internal readonly record struct ReadRequest(VerifiedToken? Token, Problem? Problem = null, string Cause = "");
