namespace Pawl.Sqlite;

/// <summary>The properties of sessions, which are in a table of their own.</summary>
internal static class SqliteProperties
{
    /// <summary>The version as the column of the session has it.</summary>
    public static long? Version(SessionProperties properties) => properties == default ? null : properties.Version;

    /// <summary>The properties of a session that has not ended.</summary>
    public static SessionProperties Find(SqliteStatements statements, SessionId id) =>
        statements.QuerySingle(
            static row => new SessionProperties(row.GetInt64(0), (byte[])row.GetValue(1)),
            """
            SELECT s.properties_version, p.content FROM pawl_sessions s JOIN pawl_properties p ON p.session_id = s.id
            WHERE s.id = $1 AND s.ended_at IS NULL AND s.properties_version IS NOT NULL
            """,
            id.ToByteArray()
        );

    /// <summary>Writes the properties of a session in the transaction that has written their version.</summary>
    public static void Write(SqliteStatements statements, SessionId id, SessionProperties properties)
    {
        if (properties == default)
            statements.Execute("DELETE FROM pawl_properties WHERE session_id = $1", id.ToByteArray());
        else
            statements.Execute(
                """
                INSERT INTO pawl_properties (session_id, content) VALUES ($1, $2)
                ON CONFLICT (session_id) DO UPDATE SET content = excluded.content
                """,
                id.ToByteArray(),
                properties.Content.ToArray()
            );
    }
}
