using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.WebAssembly.Http;
using Microsoft.JSInterop;

namespace Pawl.Blazor;

/// <summary>
/// Sends requests in the name of the session. The browser client says when a request may go and what a refusal means; this handler only
/// carries its words.
/// </summary>
internal sealed class BrowserSessionHandler(BrowserSession session, NavigationManager navigation) : DelegatingHandler
{
    private const string SessionHeader = "Pawl-Session";
    private const string ProblemHeader = "Pawl-Problem";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } target || !IsOurs(target))
            return await base.SendAsync(request, cancellationToken);

        var isOwn = request.Headers.Authorization is not null;
        var grant = await GrantAsync(cancellationToken);
        Apply(request, grant, isOwn);
        var response = await base.SendAsync(request, cancellationToken);
        if (isOwn || grant.Sid.Length == 0 || !IsMarked(response))
            return response;
        if (!await MayRepeatAsync(grant, cancellationToken) || !RepeatableBody.Is(request.Content))
            return response;
        var next = await GrantAsync(cancellationToken);
        // Another user's session has taken the place. The request was this one's.
        if (next.Sid != grant.Sid)
            return response;
        response.Dispose();
        Apply(request, next, isOwn);
        return await base.SendAsync(request, cancellationToken);
    }

    // Callers of HttpClient expect its exceptions.
    private async Task<SessionGrant> GrantAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await session.GrantAsync(cancellationToken);
        }
        catch (JSException e)
        {
            throw new HttpRequestException(
                "The request was not sent, because the session could not be refreshed or another one has taken its place. The user is not "
                    + "signed out by it.",
                e
            );
        }
    }

    // Without a verdict, the caller gets the response that there is.
    private async Task<bool> MayRepeatAsync(SessionGrant grant, CancellationToken cancellationToken)
    {
        try
        {
            return await session.JudgeAsync(grant.Generation, cancellationToken);
        }
        catch (JSException)
        {
            return false;
        }
    }

    private bool IsOurs(Uri target)
    {
        var origin = target.GetLeftPart(UriPartial.Authority);
        return origin == new Uri(navigation.BaseUri).GetLeftPart(UriPartial.Authority)
            || session.Options.Origins.Any(listed => new Uri(listed).GetLeftPart(UriPartial.Authority) == origin);
    }

    private void Apply(HttpRequestMessage request, SessionGrant grant, bool isOwn)
    {
        if (!session.Options.UsesBearerTokens)
        {
            request.Headers.Remove(SessionHeader);
            request.Headers.Add(SessionHeader, grant.Sid.Length > 0 ? grant.Sid : "none");
            request.SetBrowserRequestCredentials(BrowserRequestCredentials.Include);
            // A redirect to another origin would take the header along.
            if (request.RequestUri!.GetLeftPart(UriPartial.Authority) == new Uri(navigation.BaseUri).GetLeftPart(UriPartial.Authority))
                request.SetBrowserRequestMode(BrowserRequestMode.SameOrigin);
        }
        else if (grant.Token.Length > 0 && !isOwn)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", grant.Token);
    }

    // A refusal of the Pawl server, and not of the app behind it.
    private static bool IsMarked(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Conflict
        && (
            response.Headers.Contains(ProblemHeader)
            || response.Headers.WwwAuthenticate.Any(static challenge =>
                challenge.Scheme == "Bearer" && challenge.Parameter?.Contains("error=\"invalid_token\"", StringComparison.Ordinal) == true
            )
        );
}
