using System.Globalization;

namespace Pawl.Redis;

/// <summary>
/// Where each field is in the bytes of a session. The program and the scripts both take it from here. Times are milliseconds since 1970
/// in six bytes, numbers are big-endian. The fields that a rotation changes are adjacent, so that it overwrites them in place.
/// </summary>
internal static class SessionLayout
{
    public const byte Version = 1;

    /// <summary>In place of a reason.</summary>
    public const byte NotEnded = 0;

    /// <summary>In place of the length of a text that is null.</summary>
    public const ushort NoText = ushort.MaxValue;

    private const int TimeSize = 6;
    private const int LengthSize = sizeof(ushort);

    /// <summary>The flag of a session with a device key. A program that knows no such keys keeps the flags as they are.</summary>
    public const int Bound = 8;

    public const int VersionAt = 0;
    public const int Flags = VersionAt + 1;
    public const int EndReason = Flags + 1;

    /// <summary>
    /// When the session ended. Until then it is the version of the properties, and zeros if there are none: a program that knows no
    /// properties reads and writes this field only with an ending, which also removes them.
    /// </summary>
    public const int EndedAt = EndReason + 1;
    public const int CreatedAt = EndedAt + TimeSize;
    public const int ExpiresAt = CreatedAt + TimeSize;
    public const int LastUsedAt = ExpiresAt + TimeSize;
    public const int HeadGeneration = LastUsedAt + TimeSize;
    public const int HeadToken = HeadGeneration + sizeof(uint);
    public const int SubjectLength = HeadToken + sizeof(ulong);
    public const int DeviceLength = SubjectLength + LengthSize;
    public const int StampLength = DeviceLength + LengthSize;

    /// <summary>Subject, device and security stamp in UTF-8, and then the claims.</summary>
    public const int Texts = StampLength + LengthSize;

    /// <summary>The bytes that an ending overwrites: the reason and the time.</summary>
    public const int EndSize = CreatedAt - EndReason;

    /// <summary>The bytes that a rotation overwrites: last use, generation and token.</summary>
    public const int UseSize = SubjectLength - LastUsedAt;

    private static readonly (string Name, int Offset, int Size)[] Fields =
    [
        ("FLAGS", Flags, sizeof(byte)),
        ("END_REASON", EndReason, sizeof(byte)),
        ("ENDED_AT", EndedAt, TimeSize),
        ("CREATED_AT", CreatedAt, TimeSize),
        ("EXPIRES_AT", ExpiresAt, TimeSize),
        ("LAST_USED_AT", LastUsedAt, TimeSize),
        ("HEAD_GENERATION", HeadGeneration, sizeof(uint)),
        ("HEAD_TOKEN", HeadToken, sizeof(ulong)),
        ("SUBJECT_LENGTH", SubjectLength, LengthSize),
        ("DEVICE_LENGTH", DeviceLength, LengthSize),
        ("STAMP_LENGTH", StampLength, LengthSize),
    ];

    /// <summary>
    /// The first lines of every script about a session. They give the first and the last byte of each field, which Lua counts from 1, and
    /// the formats of a time and a length.
    /// </summary>
    public static string Lua { get; } =
        string.Concat([
            .. Fields.Select(static f =>
                string.Create(CultureInfo.InvariantCulture, $"local {f.Name}, {f.Name}_LAST = {f.Offset + 1}, {f.Offset + f.Size}\n")
            ),
            string.Create(CultureInfo.InvariantCulture, $"local TEXTS, NOT_ENDED, NO_TEXT = {Texts + 1}, {NotEnded}, {NoText}\n"),
            string.Create(CultureInfo.InvariantCulture, $"local BOUND, BOUND_KEY = {Bound}, {TimeSize + 1}\n"),
            string.Create(CultureInfo.InvariantCulture, $"local NO_PROPERTIES = string.rep('\\0', {TimeSize})\n"),
            string.Create(CultureInfo.InvariantCulture, $"local TIME, LENGTH = '>i{TimeSize}', '>I{LengthSize}'\n"),
        ]);
}
