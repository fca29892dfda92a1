namespace Pawl.Stores.Tests;

// SQLite keeps every promise.

public sealed class SqliteSessionTests : SessionContract<SqlitePlace>;

public sealed class SqliteRotationTests : RotationContract<SqlitePlace>;

public sealed class SqliteEndingTests : EndingContract<SqlitePlace>;

public sealed class SqliteLostSessionTests : LostSessionContract<SqlitePlace>;

public sealed class SqliteIsolationTests : IsolationContract<SqlitePlace>;

public sealed class SqliteListTests : ListContract<SqlitePlace>;

public sealed class SqlitePropertiesTests : PropertiesContract<SqlitePlace>;

public sealed class SqliteDeviceKeyTests : DeviceKeyContract<SqlitePlace>;

public sealed class SqlitePruningTests : PruningContract<SqlitePlace>;

public sealed class SqliteKeyTests : KeyContract<SqlitePlace>;

public sealed class SqliteProcessTests : ProcessContract<SqlitePlace>;

public sealed class SqliteHistoryTests : HistoryContract<SqlitePlace>;
