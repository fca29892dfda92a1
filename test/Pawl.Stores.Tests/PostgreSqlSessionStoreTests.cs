namespace Pawl.Stores.Tests;

// PostgreSQL keeps every promise.

public sealed class PostgreSqlSessionTests : SessionContract<PostgreSqlPlace>;

public sealed class PostgreSqlRotationTests : RotationContract<PostgreSqlPlace>;

public sealed class PostgreSqlEndingTests : EndingContract<PostgreSqlPlace>;

public sealed class PostgreSqlLostSessionTests : LostSessionContract<PostgreSqlPlace>;

public sealed class PostgreSqlIsolationTests : IsolationContract<PostgreSqlPlace>;

public sealed class PostgreSqlListTests : ListContract<PostgreSqlPlace>;

public sealed class PostgreSqlPropertiesTests : PropertiesContract<PostgreSqlPlace>;

public sealed class PostgreSqlDeviceKeyTests : DeviceKeyContract<PostgreSqlPlace>;

public sealed class PostgreSqlPruningTests : PruningContract<PostgreSqlPlace>;

public sealed class PostgreSqlKeyTests : KeyContract<PostgreSqlPlace>;

public sealed class PostgreSqlProcessTests : ProcessContract<PostgreSqlPlace>;

public sealed class PostgreSqlHistoryTests : HistoryContract<PostgreSqlPlace>;

// And behind a pooler, which gives each statement another connection.

public sealed class PgBouncerSessionTests : SessionContract<PgBouncerPlace>;

public sealed class PgBouncerRotationTests : RotationContract<PgBouncerPlace>;

public sealed class PgBouncerEndingTests : EndingContract<PgBouncerPlace>;

public sealed class PgBouncerLostSessionTests : LostSessionContract<PgBouncerPlace>;

public sealed class PgBouncerIsolationTests : IsolationContract<PgBouncerPlace>;

public sealed class PgBouncerListTests : ListContract<PgBouncerPlace>;

public sealed class PgBouncerPropertiesTests : PropertiesContract<PgBouncerPlace>;

public sealed class PgBouncerDeviceKeyTests : DeviceKeyContract<PgBouncerPlace>;

public sealed class PgBouncerPruningTests : PruningContract<PgBouncerPlace>;

public sealed class PgBouncerKeyTests : KeyContract<PgBouncerPlace>;

public sealed class PgBouncerProcessTests : ProcessContract<PgBouncerPlace>;

public sealed class PgBouncerHistoryTests : HistoryContract<PgBouncerPlace>;
