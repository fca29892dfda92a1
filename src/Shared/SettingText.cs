using System.Globalization;

namespace Pawl;

/// <summary>Reads the text of a setting strictly; false if it is not the value that its author means.</summary>
internal static class SettingText
{
    /// <summary>A time with a colon. A plain number would be read as days, and the author of 300 means seconds.</summary>
    public static bool TryTime(string text, out TimeSpan value) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out value) && text.Contains(':', StringComparison.Ordinal);

    /// <summary>Any text but an empty one.</summary>
    public static bool TryText(string text, out string value) => (value = text).Length > 0;

    /// <summary>A whole number, or <c>none</c> for no limit.</summary>
    public static bool TryLimit(string text, out int? value)
    {
        var isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        value = isNumber ? number : null;
        return isNumber || text.Equals("none", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name of a member, not its number.</summary>
    public static bool TryName<T>(string text, out T value)
        where T : struct, Enum => Enum.TryParse(text, ignoreCase: true, out value) && Enum.IsDefined(value) && char.IsLetter(text[0]);

    /// <summary>The name of an algorithm.</summary>
    public static bool TryAlgorithm(string text, out SigningAlgorithm value) => (value = SigningAlgorithm.Find(text)!) is not null;

    /// <summary>Bytes in base64, also none at all.</summary>
    public static bool TryBase64(string text, out byte[] value)
    {
        value = new byte[text.Length];
        var isRead = Convert.TryFromBase64String(text, value, out var length);
        Array.Resize(ref value, length);
        return isRead;
    }
}
