using System.Collections.Concurrent;

namespace Pawl.AspNetCore.Tests;

/// <summary>All that the nodes on one folder have given to anybody, and what they keep to themselves.</summary>
internal sealed class Secrets
{
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    public IEnumerable<string> All => _known.Keys;

    /// <summary>Tokens, in cookies or in the body.</summary>
    public void Learn(Answer answer)
    {
        // The value of a remote handler's correlation cookie is "N".
        foreach (var cookie in answer.SetCookies.Where(static c => c.Attributes.ContainsKey("HttpOnly") && c.Value.Length > 1))
            Learn(cookie.Value);
        if (answer.Status == 200)
        {
            Learn(answer.Text("access_token"));
            Learn(answer.Text("refresh_token"));
        }
    }

    public void Learn(string? secret)
    {
        if (secret?.Length > 0)
            _known[secret] = true;
    }

    /// <summary>A test that shows a token to everybody itself, say in a URL, says so.</summary>
    public void Publish(string secret) => _known.TryRemove(secret, out _);

    /// <summary>The keys, as they are kept and as they are, in each way of writing them.</summary>
    public void Learn(KeyDocument keys, KeyProtection protection)
    {
        foreach (var key in keys.Version == 0 ? [] : StoredKey.ReadAll(keys.Content))
        {
            foreach (var bytes in new[] { key.Secret.ToArray(), protection.Unprotect(key) })
            {
                Learn(Convert.ToBase64String(bytes).TrimEnd('='));
                Learn(Convert.ToHexString(bytes));
            }
        }
    }
}

/// <summary>Shows a client's answers to those who have to know them.</summary>
internal sealed class Overhearing(HttpMessageHandler inner, Action<Answer> hear) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        // A stream of events, or of lines of JSON, has no end to wait for.
        var type = response.Content.Headers.ContentType?.MediaType;
        var isJson = type == "application/json" || type?.EndsWith("+json", StringComparison.Ordinal) == true;
        hear(
            isJson
                ? await Answer.ReadAsync(response)
                : new(
                    (int)response.StatusCode,
                    [.. response.Headers.NonValidated.SelectMany(static h => h.Value.Select(v => (h.Key, v)))],
                    ""
                )
        );
        return response;
    }
}
