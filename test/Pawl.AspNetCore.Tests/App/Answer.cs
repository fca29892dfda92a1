using System.Text.Json;

namespace Pawl.AspNetCore.Tests;

/// <summary>An answer as it left the server.</summary>
internal sealed record Answer(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response
            .Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
            .SelectMany(static h => h.Value.Select(v => (h.Key, v)))
            .ToList();
        return new((int)response.StatusCode, headers, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A header's only value; null if it is missing.</summary>
    public string? this[string header] =>
        Headers.Where(h => h.Name.Equals(header, StringComparison.OrdinalIgnoreCase)).Select(static h => h.Value).SingleOrDefault();

    public IReadOnlyList<SetCookie> SetCookies =>
        [
            .. Headers
                // A gateway may leave an empty one, which browsers ignore.
                .Where(static h => h.Name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase) && h.Value.Length > 0)
                .Select(static h => SetCookie.Parse(h.Value)),
        ];

    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>The problem's code, or an answer without one's status: a test that compares it shows what came instead.</summary>
    public string Code => Text("code") ?? $"{Status} without a code";

    public string? Reason => Text("reason");

    public SetCookie? Cookie(string name) => SetCookies.SingleOrDefault(c => c.Name == name);

    public string? Text(string member) =>
        this["Content-Type"]?.Contains("json", StringComparison.Ordinal) == true
        && Json.ValueKind is JsonValueKind.Object
        && Json.TryGetProperty(member, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    public int Number(string member) => Json.GetProperty(member).GetInt32();
}

/// <summary>A <c>Set-Cookie</c> header.</summary>
internal sealed record SetCookie(string Name, string Value, IReadOnlyDictionary<string, string> Attributes, string Raw)
{
    public static SetCookie Parse(string raw)
    {
        var parts = raw.Split(';', StringSplitOptions.TrimEntries);
        var pair = parts[0].Split('=', 2);
        var attributes = parts
            .Skip(1)
            .Select(static p => p.Split('=', 2))
            .ToDictionary(static p => p[0], static p => p.Length > 1 ? p[1] : "", StringComparer.OrdinalIgnoreCase);
        return new(pair[0], pair[1], attributes, raw);
    }

    public int? MaxAge => Attributes.TryGetValue("Max-Age", out var seconds) ? int.Parse(seconds) : null;

    // In the past is how ASP.NET Core writes the deletions of its own cookies.
    public bool IsDeletion =>
        MaxAge is { } age
            ? age <= 0
            : Attributes.TryGetValue("Expires", out var expires) && expires.Contains("1970", StringComparison.Ordinal);

    /// <summary>Everything but the value and the lifetime: what a deletion has to repeat.</summary>
    public string Shape =>
        string.Join(
            "; ",
            Attributes
                .Where(static a => a.Key != "Max-Age")
                .Select(static a => a.Value.Length > 0 ? $"{a.Key}={a.Value}" : a.Key)
                .Order(StringComparer.Ordinal)
        );
}
