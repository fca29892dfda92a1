using Microsoft.Data.Sqlite;

namespace Pawl.Sqlite;

/// <summary>How a session stands in a row: its columns, and a value in each.</summary>
internal static class SqliteSessionRow
{
    public const string Columns =
        "id, subject, head_generation, head_token, created_at, last_used_at, expires_at, transport, persistent, "
        + "device, claims, security_stamp, ended_at, end_reason, properties_version, device_key, device_bound_at";

    public static Session ReadSession(SqliteDataReader row) =>
        new()
        {
            Id = ReadId(row, 0),
            Subject = row.GetString(1),
            Head = new(checked((uint)row.GetInt64(2)), unchecked((ulong)row.GetInt64(3))),
            CreatedAt = ReadTime(row, 4),
            LastUsedAt = ReadTime(row, 5),
            ExpiresAt = ReadTime(row, 6),
            Transport = (SessionTransport)row.GetInt32(7),
            IsPersistent = row.GetInt64(8) != 0,
            Device = row.IsDBNull(9) ? null : row.GetString(9),
            Claims = (byte[])row.GetValue(10),
            SecurityStamp = row.IsDBNull(11) ? null : row.GetString(11),
            End = row.IsDBNull(12) ? null : new((SessionEndReason)row.GetInt32(13), ReadTime(row, 12)),
            PropertiesVersion = row.IsDBNull(14) || !row.IsDBNull(12) ? 0 : row.GetInt64(14),
            DeviceKey = row.IsDBNull(15) || !row.IsDBNull(12) ? null : new((byte[])row.GetValue(15), ReadTime(row, 16)),
        };

    public static SessionId ReadId(SqliteDataReader row, int column) => new((byte[])row.GetValue(column));

    public static DateTimeOffset ReadTime(SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static long ToInteger(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
