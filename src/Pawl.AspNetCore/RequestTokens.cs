using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Pawl.AspNetCore;

/// <summary>
/// The tokens that a request carries, as they stand in its raw headers. Cookie names are compared byte by byte: no decoding, no trimming beyond what RFC 6265,
/// section 5.4 writes, so that no look-alike is taken for ours.
/// </summary>
internal sealed class RequestTokens
{
    private RequestTokens(StringSegment access, StringSegment refresh, StringSegment signIn, StringSegment bearer, bool isAmbiguous) =>
        (AccessCookie, RefreshCookie, SignInCookie, Bearer, IsAmbiguous) = (access, refresh, signIn, bearer, isAmbiguous);

    /// <summary>The access token in its cookie.</summary>
    public StringSegment AccessCookie { get; }

    /// <summary>The refresh token in its cookie.</summary>
    public StringSegment RefreshCookie { get; }

    /// <summary>The first refresh token of the newest sign-in: see <see cref="NewestSignIn"/>.</summary>
    public StringSegment SignInCookie { get; }

    /// <summary>The access token in the Authorization header (RFC 6750, section 2.1).</summary>
    public StringSegment Bearer { get; }

    /// <summary>Whether a cookie of ours, in any case of letters, stands there twice: somebody has planted one, and there is no telling which.</summary>
    public bool IsAmbiguous { get; }

    public bool HasCookie => AccessCookie.HasValue || RefreshCookie.HasValue || SignInCookie.HasValue;

    /// <summary>The access token, wherever it is.</summary>
    public StringSegment Access => Bearer.HasValue ? Bearer : AccessCookie;

    /// <summary>
    /// The tokens of a request. The first look takes the refresh tokens out of its headers: the prefix that binds them to the host makes browsers send them everywhere,
    /// but nothing of the app's, and no server that requests are passed on to, has any business with them.
    /// </summary>
    public static RequestTokens Of(HttpContext context)
    {
        if (context.Features.Get<RequestTokens>() is { } known)
            return known;
        var tokens = Read(context.Request);
        context.Features.Set(tokens);
        if (!tokens.IsAmbiguous && (tokens.RefreshCookie.HasValue || tokens.SignInCookie.HasValue))
            tokens.Hide(context.Request.Headers);
        return tokens;
    }

    /// <summary>The same without taking anything out.</summary>
    public static RequestTokens Read(HttpRequest request)
    {
        StringSegment access = default, refresh = default, signIn = default;
        var ambiguous = false;
        foreach (var line in request.Headers.Cookie)
        {
            for (var rest = new StringSegment(line); rest.Length > 0;)
            {
                var end = rest.IndexOf(';');
                var pair = end < 0 ? rest : rest.Subsegment(0, end);
                rest = end < 0 ? StringSegment.Empty : rest.Subsegment(end + 1);
                Take(pair, PawlDefaults.AccessCookie, ref access, ref ambiguous);
                Take(pair, PawlDefaults.RefreshCookie, ref refresh, ref ambiguous);
                Take(pair, PawlDefaults.SignInCookie, ref signIn, ref ambiguous);
            }
        }
        return new(access, refresh, signIn, ReadBearer(request.Headers.Authorization, ref ambiguous), ambiguous);
    }

    private static void Take(StringSegment pair, string name, ref StringSegment value, ref bool ambiguous)
    {
        var start = 0;
        while (start < pair.Length && pair[start] is ' ' or '\t')
            start++;
        if (pair.Length - start <= name.Length || pair[start + name.Length] != '=')
            return;
        var found = pair.AsSpan(start, name.Length);
        if (!found.Equals(name, StringComparison.OrdinalIgnoreCase))
            return;
        // Browsers compare prefixes of names without case, so a name that differs in case only is a planted twin.
        ambiguous |= value.HasValue || !found.SequenceEqual(name);
        value = pair.Subsegment(start + name.Length + 1);
    }

    private void Hide(IHeaderDictionary headers)
    {
        var rest = headers.Cookie.Select(line => WithoutRefreshTokens(line!)).Where(static line => line.Length > 0).ToArray();
        headers.Cookie = rest.Length == 1 ? rest[0] : rest;
    }

    private string WithoutRefreshTokens(string line)
    {
        var (refresh, signIn) = ((PawlDefaults.RefreshCookie, RefreshCookie), (PawlDefaults.SignInCookie, SignInCookie));
        // The later one first, so that the place of the other still holds.
        var (rest, isLast) = (line, false);
        foreach (var (name, value) in RefreshCookie.Offset > SignInCookie.Offset ? [refresh, signIn] : new[] { signIn, refresh })
        {
            if (!ReferenceEquals(line, value.Buffer))
                continue;
            var (start, end) = (value.Offset - name.Length - 1, value.Offset + value.Length);
            isLast |= end == line.Length;
            while (end < line.Length && (end == value.Offset + value.Length || line[end] == ' '))
                end++;
            rest = rest.Remove(start, end - start);
        }
        return isLast ? rest.TrimEnd(';', ' ') : rest;
    }

    private static StringSegment ReadBearer(StringValues authorization, ref bool ambiguous)
    {
        const string Scheme = "Bearer ";
        StringSegment bearer = default;
        foreach (var value in authorization)
        {
            if (value is null || !value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
                continue;
            ambiguous |= bearer.HasValue;
            bearer = new StringSegment(value, Scheme.Length, value.Length - Scheme.Length);
        }
        return bearer;
    }
}
