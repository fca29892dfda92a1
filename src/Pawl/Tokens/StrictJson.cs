using System.Text.Json;
using System.Text.Unicode;

namespace Pawl;

/// <summary>
/// JSON as RFC 7519, section 4 and RFC 7515, section 10.12 require it. It is one object in valid UTF-8, without comments and without data
/// behind it. Names are unique, also after unescaping.
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

    /// <summary>Parses an object. Returns null, and throws nothing, for any other input. The caller disposes of the result.</summary>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
            return null;
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(utf8, Options);
        }
        // InvalidOperationException: a name with an escaped lone surrogate, which is not valid text.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object)
            return document;
        document.Dispose();
        return null;
    }

    /// <summary>
    /// A string member of 1 to <paramref name="maxLength"/> characters. Null if it is missing, not a string, or not valid text (a lone
    /// surrogate).
    /// </summary>
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

    /// <summary>Whether a string is exactly this text.</summary>
    public static bool IsText(JsonElement value, string text)
    {
        try
        {
            return value.ValueEquals(text);
        }
        // An escaped lone surrogate is not valid text.
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
