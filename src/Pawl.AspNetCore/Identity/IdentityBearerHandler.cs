using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.BearerToken;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The handler of <c>IdentityConstants.BearerScheme</c> in the place of the framework's. It accepts tokens and never cookies, and its
/// sign-ins start sessions with tokens in the body. Pawl's own scheme does the work.
/// </summary>
internal sealed class IdentityBearerHandler(
    IOptionsMonitor<BearerTokenOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder,
    IOptionsMonitor<PawlOptions> pawl,
    PawlScheme sessions,
    IdentityRefresh refresh,
    IdentityTokenBody body
) : SignInAuthenticationHandler<BearerTokenOptions>(options, loggers, encoder)
{
    // A hub's client has a ticket in the URL, in the place of a token.
    private bool HasToken =>
        RequestTokens.TakeFrom(Context) is var tokens
        && (tokens.Bearer.HasValue || tokens.HasTwoBearers || ConnectionTickets.IsIn(Context, tokens));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync() =>
        HasToken ? await Context.AuthenticateAsync(sessions.Name) : AuthenticateResult.NoResult();

    // A cookie of the request does not count under this scheme, so nothing is said about it.
    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        HasToken ? Context.ChallengeAsync(sessions.Name, properties)
        : Problem.IsWritten(Response) ? Task.CompletedTask
        : Problem.AuthenticationRequired.WriteAsync(Context);

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Context.ForbidAsync(sessions.Name, properties);

    protected override async Task HandleSignInAsync(ClaimsPrincipal user, AuthenticationProperties? properties)
    {
        var options = pawl.Get(sessions.Name);
        if (DecidedRefresh.Of(Context) is { Tokens: not null } decided)
        {
            await refresh.AnswerAsync(Context, decided, user, properties, options);
            return;
        }
        if (SessionMark.IsThere(user, properties, options.Issuer))
            throw new InvalidOperationException(
                "This principal, or its properties, come from an access token, which starts no session and gets no refresh token. To renew "
                    + $"the claims of its session, sign in under '{sessions.Name}', as SignInManager.RefreshSignInAsync does."
            );
        if (PawlSignInProperties.FindTransport(properties) is { } transport and not SessionTransport.Body)
            throw new ArgumentException(
                $"A sign-in under '{Scheme.Name}' sends its tokens in the body: sign in under '{sessions.Name}' for {transport}.",
                nameof(properties)
            );
        var wanted = properties?.Clone() ?? new AuthenticationProperties { IsPersistent = true };
        new PawlSignInProperties { Transport = SessionTransport.Body }.Items.TryGetValue(PawlSignInProperties.TransportItem, out var item);
        wanted.Items[PawlSignInProperties.TransportItem] = item;
        Context.Features.Set<ITokenBody>(body);
        try
        {
            await Context.SignInAsync(sessions.Name, user, wanted);
        }
        finally
        {
            Context.Features.Set<ITokenBody>(null);
        }
    }

    // Without a token there is no session of this scheme. A cookie's session is signed out under Pawl's own scheme.
    protected override Task HandleSignOutAsync(AuthenticationProperties? properties) =>
        HasToken ? Context.SignOutAsync(sessions.Name, properties) : Task.CompletedTask;
}
