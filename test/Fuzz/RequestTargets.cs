using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Pawl.AspNetCore;
using Pawl.Server;

namespace Pawl.Fuzz;

/// <summary>What a request brings: cookies, and the small bodies of the endpoints.</summary>
internal static class RequestTargets
{
    private static readonly CookieNames Names = new(PawlDefaults.CookieName);

    /// <summary>Cookie headers, a line each, and an Authorization header after an empty line.</summary>
    public static readonly Target Cookies = new(
        "cookies",
        static input =>
        {
            var parts = Encoding.Latin1.GetString(input).Split("\n\n", 2);
            var request = new DefaultHttpContext().Request;
            request.Headers.Cookie = new StringValues(parts[0].Split('\n'));
            if (parts.Length > 1)
                request.Headers.Authorization = new StringValues(parts[1].Split('\n'));
            return request;
        },
        static input =>
        {
            var request = (HttpRequest)input;
            var tokens = RequestTokens.Read(request, Names);
            // The same question put plainly: which pairs have a name of ours in any case of letters, and which of them exactly?
            var pairs = request
                .Headers.Cookie.SelectMany(static line => line!.Split(';'))
                .Select(static pair => pair.TrimStart(' ', '\t').Split('=', 2))
                .Where(static pair => pair.Length == 2)
                .ToList();
            List<string[]> Named(string name) => pairs.FindAll(pair => pair[0].Equals(name, StringComparison.OrdinalIgnoreCase));
            var (access, refresh) = (Named(PawlDefaults.AccessCookie), Named(PawlDefaults.RefreshCookie));
            if (tokens.IsAmbiguous)
            {
                BrokenException.Unless(
                    tokens is { AccessCookie.HasValue: false, RefreshCookie.HasValue: false, Bearer.HasValue: false },
                    "A credential in spite of doubt."
                );
                return;
            }
            BrokenException.Unless(access.Count < 2 && refresh.Count < 2, "Two cookies of ours, and no doubt about them.");
            BrokenException.Unless(
                access.Concat(refresh).All(static pair => pair[0] is PawlDefaults.AccessCookie or PawlDefaults.RefreshCookie),
                "A name that only looks like ours."
            );
            BrokenException.Unless(tokens.AccessCookie.Value == access.SingleOrDefault()?[1], "Another access token than the cookie's.");
            BrokenException.Unless(tokens.RefreshCookie.Value == refresh.SingleOrDefault()?[1], "Another refresh token than the cookie's.");
            var isBearers =
                !tokens.Bearer.HasValue
                || request.Headers.Authorization.Any(value => value!.EndsWith(tokens.Bearer.Value!, StringComparison.Ordinal));
            BrokenException.Unless(isBearers, "A bearer token from nowhere.");
        },
        static length => 32_768 + 256 * length
    );

    /// <summary>The body of a logout.</summary>
    public static readonly Target Scope = new(
        "scope",
        static input => input,
        static input =>
        {
            var body = (byte[])input;
            if (!LogoutEndpoint.TryReadScope(body, out var scope) || body.Length == 0)
                return;
            using var document = JsonDocument.Parse(body);
            var members = document.RootElement.EnumerateObject().ToList();
            BrokenException.Unless(members.Count <= 1, "More than one member.");
            BrokenException.Unless(
                (members.Count == 0 ? "current" : members[0].Value.GetString()) == scope,
                "Another scope than was said."
            );
            BrokenException.Unless(scope is "current" or "others" or "everywhere", "No scope of ours.");
        },
        static length => 16_384 + 64 * length
    );

    /// <summary>The form of a token request. All of it is answered or read; nothing is thrown.</summary>
    public static readonly Target Form = new(
        "form",
        static input => new DefaultHttpContext
        {
            Request = { ContentType = "application/x-www-form-urlencoded", Body = new MemoryStream(input) },
            Response = { Body = new MemoryStream() },
        },
        static input =>
        {
            var context = (HttpContext)input;
            var form = FormBody.ReadAsync(context).GetAwaiter().GetResult();
            BrokenException.Unless(form is null == context.Response.StatusCode >= 400, "Neither read nor answered, or both.");
            BrokenException.Unless(form is null || form.Count <= 16, "More members than are allowed.");
        },
        static length => 131_072 + 64 * length
    );

    /// <summary>The bodies of the reference server's account endpoints: who signs in or up, and a new password.</summary>
    public static readonly Target Account = new(
        "account",
        static input => input,
        static input =>
        {
            var body = (byte[])input;
            if (AccountRequest.Parse(body, AccountJson.Default.Credentials) is { } credentials)
                CompareMembers(
                    body,
                    [
                        ("email", credentials.Email),
                        ("password", credentials.Password),
                        ("transport", credentials.Transport),
                        ("device", credentials.Device),
                    ]
                );
            if (AccountRequest.Parse(body, AccountJson.Default.PasswordChange) is { } change)
                CompareMembers(body, [("current", change.Current), ("new", change.New)]);
        },
        static length => 65_536 + 256 * length
    ); // The name of a member that nobody knows is repeated in the parser's exception, some times over.

    // By a parser without any option of ours.
    private static void CompareMembers(byte[] body, ReadOnlySpan<(string Name, string? Value)> read)
    {
        using var document = JsonDocument.Parse(body);
        BrokenException.Unless(
            document.RootElement.EnumerateObject().DistinctBy(static m => m.Name).Count() == document.RootElement.GetPropertyCount(),
            "A member that stands there twice."
        );
        var known = 0;
        foreach (var (name, value) in read)
        {
            if (document.RootElement.TryGetProperty(name, out var member))
                known++;
            BrokenException.Unless(
                (member.ValueKind is JsonValueKind.String ? member.GetString() : null) == value,
                $"Another {name} than was sent."
            );
        }
        BrokenException.Unless(document.RootElement.GetPropertyCount() == known, "A member that nobody knows.");
    }
}
