using System.Text.Json;
using System.Text.Unicode;

namespace Pawl;

/// <summary>
/// JSON as RFC 7519, section 4 and RFC 7515, section 10.12 want it: one object, valid UTF-8, no duplicate names (also not by way of escapes), no comments, nothing behind it.
/// </summary>
internal static class StrictJson
{
    private static readonly JsonDocumentOptions Options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = 8,
    };

    /// <summary>Parses an object; null, and no exception, for anything else. The caller disposes of it.</summary>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
            return null;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        // InvalidOperationException: a name with an escaped lone surrogate, which is no text at all.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        return null;
    }

    /// <summary>A string member of 1 to <paramref name="maxLength"/> characters; null if it is missing, something else, or no text (a lone surrogate).</summary>
    public static string? GetText(JsonElement parent, ReadOnlySpan<byte> name, int maxLength)
    {
        if (!parent.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return value.GetString() is { Length: > 0 } text && text.Length <= maxLength ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether a string is exactly that text.</summary>
    public static bool IsText(JsonElement value, string text)
    {
        try
        {
            return value.ValueEquals(text);
        }
        // An escaped lone surrogate is no text at all.
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
