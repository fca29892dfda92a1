namespace Pawl.AspNetCore;

/// <summary>The session of an access token that this service has accepted. The authority is asked whether it is alive (RFC 7662).</summary>
internal sealed class IntrospectedSession(TrustedAuthority authority, string token, SessionId id) : ILiveSessionCheck
{
    public SessionId SessionId => id;

    public async Task<AuthorizationRefusal?> FindRefusalAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The response does not say why the session is not alive. The client's next refresh does.
            return await authority.Client.IsActiveAsync(FindDocument(), token, cancellationToken) ? null : new(Problem.AccessTokenInvalid);
        }
        catch (AuthorityFaultException e)
        {
            throw new StoreUnavailableException(e.Message, e);
        }
    }

    // The keys have been read, so the document has been as well.
    private AuthorityDocument FindDocument() =>
        authority.Keys.Document ?? throw new AuthorityFaultException($"{authority.Options.Authority} has not answered yet.");
}
