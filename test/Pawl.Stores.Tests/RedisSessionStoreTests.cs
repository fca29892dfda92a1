namespace Pawl.Stores.Tests;

// Redis keeps every promise.

public sealed class RedisSessionTests : SessionContract<RedisPlace>;

public sealed class RedisRotationTests : RotationContract<RedisPlace>;

public sealed class RedisEndingTests : EndingContract<RedisPlace>;

public sealed class RedisLostSessionTests : LostSessionContract<RedisPlace>;

public sealed class RedisIsolationTests : IsolationContract<RedisPlace>;

public sealed class RedisListTests : ListContract<RedisPlace>;

public sealed class RedisPropertiesTests : PropertiesContract<RedisPlace>;

public sealed class RedisDeviceKeyTests : DeviceKeyContract<RedisPlace>;

public sealed class RedisPruningTests : PruningContract<RedisPlace>;

public sealed class RedisKeyTests : KeyContract<RedisPlace>;

public sealed class RedisProcessTests : ProcessContract<RedisPlace>;

public sealed class RedisHistoryTests : HistoryContract<RedisPlace>;

// And a cluster, where what belongs together lies apart.

public sealed class RedisClusterSessionTests : SessionContract<RedisClusterPlace>;

public sealed class RedisClusterRotationTests : RotationContract<RedisClusterPlace>;

public sealed class RedisClusterEndingTests : EndingContract<RedisClusterPlace>;

public sealed class RedisClusterLostSessionTests : LostSessionContract<RedisClusterPlace>;

public sealed class RedisClusterIsolationTests : IsolationContract<RedisClusterPlace>;

public sealed class RedisClusterListTests : ListContract<RedisClusterPlace>;

public sealed class RedisClusterPropertiesTests : PropertiesContract<RedisClusterPlace>;

public sealed class RedisClusterDeviceKeyTests : DeviceKeyContract<RedisClusterPlace>;

public sealed class RedisClusterPruningTests : PruningContract<RedisClusterPlace>;

public sealed class RedisClusterKeyTests : KeyContract<RedisClusterPlace>;

public sealed class RedisClusterProcessTests : ProcessContract<RedisClusterPlace>;

public sealed class RedisClusterHistoryTests : HistoryContract<RedisClusterPlace>;
