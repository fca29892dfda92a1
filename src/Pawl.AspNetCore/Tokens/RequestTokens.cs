using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// The tokens in a request's raw headers. Cookie names are compared byte by byte, without decoding and with no more trimming than RFC
/// 6265, section 5.4 requires. So no similar name is taken for ours.
/// </summary>
internal sealed class RequestTokens
{
    // A browser sends fewer. Further cookies are ignored.
    private const int MaxTwins = 16;

    private RequestTokens(CookieNames names, StringSegment access, StringSegment refresh, StringSegment signIn, StringSegment bearer) =>
        (Names, AccessCookie, RefreshCookie, SignInCookie, Bearer) = (names, access, refresh, signIn, bearer);

    /// <summary>The names of the app's cookies, in the request and in its response.</summary>
    public CookieNames Names { get; }

    /// <summary>The access token in its cookie.</summary>
    public StringSegment AccessCookie { get; }

    /// <summary>The refresh token in its cookie.</summary>
    public StringSegment RefreshCookie { get; }

    /// <summary>The first refresh token of the newest sign-in: see <see cref="NewestSignIn"/>.</summary>
    public StringSegment SignInCookie { get; }

    /// <summary>The access token in the Authorization header (RFC 6750, section 2.1, and RFC 9449, section 7.1).</summary>
    public StringSegment Bearer { get; }

    /// <summary>Whether that header has the scheme DPoP, so that a proof belongs to the token.</summary>
    public bool IsDpop { get; private init; }

    /// <summary>
    /// Whether the request carries a credential twice. The members above are then empty, because the server cannot tell which one is
    /// meant.
    /// </summary>
    public bool IsAmbiguous => Twins.Count > 0 || HasTwoBearers;

    /// <summary>Whether the client has sent two bearer tokens. A planted cookie cannot cause that.</summary>
    public bool HasTwoBearers { get; private init; }

    /// <summary>
    /// All Pawl cookies if the name of one of them appears twice, in upper or lower case; otherwise none. One of the two may have been
    /// planted.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>> Twins { get; private init; } = [];

    /// <summary>Whether the request has a Pawl cookie, even one that is ignored.</summary>
    public bool HasCookie { get; private init; }

    /// <summary>The access token, from the header or the cookie.</summary>
    public StringSegment Access => Bearer.HasValue ? Bearer : AccessCookie;

    /// <summary>
    /// The tokens of a request. The first call removes the refresh tokens from its headers. Browsers send these cookies with every request
    /// to the host, but the app, and a server that it forwards requests to, must not see them.
    /// </summary>
    public static RequestTokens TakeFrom(HttpContext context) =>
        context.Features.Get<RequestTokens>() ?? TakeFrom(context, FindNames(context.RequestServices));

    /// <summary>Does the same with the names of the options, so that they need not be looked up.</summary>
    public static RequestTokens TakeFrom(HttpContext context, CookieNames names)
    {
        if (context.Features.Get<RequestTokens>() is { } known)
            return known;
        var tokens = Read(context.Request, names);
        context.Features.Set(tokens);
        if (tokens.HasCookie)
            HiddenCookies.TakeOut(context.Request.Headers, names);
        return tokens;
    }

    /// <summary>Returns the same tokens and leaves the headers unchanged.</summary>
    public static RequestTokens Read(HttpRequest request, CookieNames names)
    {
        StringSegment access = default,
            refresh = default,
            signIn = default;
        bool hasTwins = false,
            hasTwoBearers = false;
        foreach (var line in request.Headers.Cookie)
        {
            for (var rest = new StringSegment(line); rest.Length > 0; )
            {
                var pair = CookiePair.TakeNext(ref rest);
                Take(pair, names.Access, ref access, ref hasTwins);
                Take(pair, names.Refresh, ref refresh, ref hasTwins);
                Take(pair, names.SignIn, ref signIn, ref hasTwins);
            }
        }
        var bearer = ReadBearer(request.Headers.Authorization, out var isDpop, ref hasTwoBearers);
        var hasCookie = access.HasValue || refresh.HasValue || signIn.HasValue;
        return hasTwins || hasTwoBearers
            ? new(names, default, default, default, default)
            {
                HasCookie = hasCookie,
                HasTwoBearers = hasTwoBearers,
                Twins = hasTwins ? FindTwins(request, names) : [],
            }
            : new(names, access, refresh, signIn, bearer) { HasCookie = hasCookie, IsDpop = isDpop };
    }

    private static CookieNames FindNames(IServiceProvider services) =>
        services.GetRequiredService<IOptionsMonitor<PawlOptions>>().Get(services.GetRequiredService<PawlScheme>().Name).CookieNames;

    private static void Take(CookiePair pair, string name, ref StringSegment value, ref bool hasTwins)
    {
        if (!pair.IsNamed(name))
            return;
        // Browsers compare the prefixes of names without case, so a name that differs only in case is a planted twin.
        hasTwins |= value.HasValue || !pair.Name.Equals(name, StringComparison.Ordinal);
        value = pair.Value;
    }

    private static List<KeyValuePair<string, string>> FindTwins(HttpRequest request, CookieNames names)
    {
        var twins = new List<KeyValuePair<string, string>>();
        foreach (var line in request.Headers.Cookie)
        {
            for (var rest = new StringSegment(line); rest.Length > 0 && twins.Count < MaxTwins; )
            {
                var pair = CookiePair.TakeNext(ref rest);
                if (pair.IsNamed(names.Access) || pair.IsNamed(names.Refresh) || pair.IsNamed(names.SignIn))
                    twins.Add(new(pair.Name.ToString(), pair.Value.ToString()));
            }
        }
        return twins;
    }

    /// <summary>
    /// The access token of the Authorization header, and whether a DPoP proof belongs to it. It is ambiguous if there are two.
    /// </summary>
    public static StringSegment ReadBearer(StringValues authorization, out bool isDpop, ref bool ambiguous)
    {
        isDpop = false;
        StringSegment bearer = default;
        foreach (var value in authorization)
        {
            var length = FindScheme(value, out var hasProof);
            if (length == 0 || value is null)
                continue;
            ambiguous |= bearer.HasValue;
            isDpop |= hasProof;
            bearer = new StringSegment(value, length, value.Length - length);
        }
        return bearer;
    }

    // The length of the scheme and the space behind it; 0 for other schemes.
    private static int FindScheme(string? value, out bool isDpop)
    {
        const string Bearer = "Bearer ";
        const string Dpop = "DPoP ";
        isDpop = value is not null && value.StartsWith(Dpop, StringComparison.OrdinalIgnoreCase);
        return isDpop ? Dpop.Length
            : value is not null && value.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? Bearer.Length
            : 0;
    }
}
