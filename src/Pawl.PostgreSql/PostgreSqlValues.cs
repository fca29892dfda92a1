using Npgsql;
using NpgsqlTypes;

namespace Pawl.PostgreSql;

/// <summary>Values as parameters, and columns as values.</summary>
internal static class PostgreSqlValues
{
    public static NpgsqlParameter Value(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Value(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Value(long? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Bigint, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Value(short value) => new NpgsqlParameter<short> { TypedValue = value };

    public static NpgsqlParameter Value(bool value) => new NpgsqlParameter<bool> { TypedValue = value };

    public static NpgsqlParameter Value(string? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };

    public static NpgsqlParameter Value(ReadOnlyMemory<byte>? value) =>
        new() { NpgsqlDbType = NpgsqlDbType.Bytea, Value = value?.ToArray() ?? (object)DBNull.Value };

    public static NpgsqlParameter Value(SessionId id) => new NpgsqlParameter<Guid> { TypedValue = Id(id) };

    public static NpgsqlParameter Value(SessionId[] ids) =>
        new NpgsqlParameter<Guid[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid, TypedValue = Array.ConvertAll(ids, Id) };

    public static NpgsqlParameter Value(DateTimeOffset time) =>
        new NpgsqlParameter<DateTime> { NpgsqlDbType = NpgsqlDbType.TimestampTz, TypedValue = Time(time) };

    public static NpgsqlParameter Value(DateTimeOffset? time) =>
        new() { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = time is { } value ? Time(value) : DBNull.Value };

    /// <summary>A uuid is kept as the 16 bytes that it is.</summary>
    public static Guid Id(SessionId id) => new(id.ToByteArray(), bigEndian: true);

    /// <summary>To the millisecond, and never rounded up.</summary>
    public static DateTime Time(DateTimeOffset time) => DateTimeOffset.FromUnixTimeMilliseconds(time.ToUnixTimeMilliseconds()).UtcDateTime;

    public static SessionId ReadId(this NpgsqlDataReader row, int column) => new(row.GetGuid(column).ToByteArray(bigEndian: true));

    public static DateTimeOffset ReadTime(this NpgsqlDataReader row, int column) => new(row.GetDateTime(column));
}
