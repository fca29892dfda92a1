using System.Collections.Frozen;
using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>
/// The items of a session: those of the framework's properties that an app sets, and the tokens of a provider. Items that handlers need
/// only for the moment of a sign-in are not among them.
/// </summary>
internal sealed class SessionItems
{
    // A browser sends at most 32 KiB of headers to Kestrel, and a ticket in cookies is a third larger than its content. So this holds more
    // than twice what a cookie app can have. A request that finds no copy on its node reads all of it.
    public const int MaxSize = 65_536;

    // Object sizes of a 64-bit runtime: an entry with its two strings, without their characters.
    private const int OfItem = 100;

    /// <summary>The item by which the properties of a request name its session.</summary>
    public const string Session = "Pawl.Session";

    private const string TokenNames = ".TokenNames";
    private const string Token = ".Token.";

    // The framework's own handlers use these. Their other keys begin with a dot.
    private static readonly FrozenSet<string> OfHandlers = FrozenSet.Create(
        StringComparer.Ordinal,
        "LoginProvider",
        "XsrfId",
        "code_verifier",
        Session,
        CookieTicket.SignedInItem,
        PawlSignInProperties.TransportItem,
        PawlSignInProperties.WriteJsonResponseItem,
        PawlSignInProperties.DeviceItem,
        PawlSignInProperties.AuthenticationMethodsItem
    );

    public static SessionItems None { get; } = new(FrozenDictionary<string, string?>.Empty);

    private readonly FrozenDictionary<string, string?> _items;

    private SessionItems(FrozenDictionary<string, string?> items) => _items = items;

    public bool IsEmpty => _items.Count == 0;

    /// <summary>The approximate memory in bytes.</summary>
    public int Size => _items.Sum(static item => OfItem + sizeof(char) * (item.Key.Length + (item.Value?.Length ?? 0)));

    /// <summary>The items of properties that a session keeps.</summary>
    /// <exception cref="ArgumentException">An item is not valid text; the message names it.</exception>
    public static SessionItems Of(AuthenticationProperties? properties)
    {
        var kept = properties?.Items.Where(static item => IsKept(item.Key)).ToList();
        if (kept is not { Count: > 0 })
            return None;
        if (kept.Find(static item => !SessionText.IsWellFormed(item.Key) || !SessionText.IsWellFormed(item.Value)) is { Key: { } broken })
            throw new ArgumentException($"The item '{broken}' contains half of a surrogate pair, which no session can keep.");
        return new(kept.ToFrozenDictionary(static item => item.Key, static item => item.Value ?? "", StringComparer.Ordinal)!);
    }

    /// <summary>The items as bytes.</summary>
    /// <exception cref="ArgumentException">They are larger than <see cref="MaxSize"/>.</exception>
    public byte[] ToBytes()
    {
        var bytes = PropertiesSerializer.Default.Serialize(new(_items.ToDictionary(StringComparer.Ordinal)));
        return bytes.Length <= MaxSize
            ? bytes
            : throw new ArgumentException(
                $"The items and tokens of this sign-in have {bytes.Length} bytes, and a session keeps at most {MaxSize}: "
                    + "keep large values in the app's own database."
            );
    }

    /// <summary>The items that <see cref="ToBytes"/> has written.</summary>
    /// <exception cref="FormatException">The bytes have another format.</exception>
    public static SessionItems FromBytes(byte[] bytes)
    {
        try
        {
            if (PropertiesSerializer.Default.Deserialize(bytes) is { } properties)
                return new(properties.Items.ToFrozenDictionary(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new FormatException("The items of a session are damaged.", e);
        }
        throw new FormatException("The items of a session are of another version of the framework.");
    }

    /// <summary>Adds the items to properties.</summary>
    public void CopyTo(AuthenticationProperties properties)
    {
        foreach (var (key, value) in _items)
            properties.Items[key] = value;
    }

    /// <summary>Whether two have the same items.</summary>
    public bool IsSameAs(SessionItems other) =>
        _items.Count == other._items.Count && _items.All(item => other._items.TryGetValue(item.Key, out var value) && value == item.Value);

    private static bool IsKept(string key) =>
        key == TokenNames
        || key.StartsWith(Token, StringComparison.Ordinal)
        || !(key.StartsWith('.') || key.StartsWith("OpenIdConnect.", StringComparison.Ordinal) || OfHandlers.Contains(key));
}
