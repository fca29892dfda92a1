namespace Pawl.Stores.Tests.Memory;

// A store of another author passes every contract of the package.

public sealed class MemorySessionTests : SessionContract<MemoryPlace>;

public sealed class MemoryRotationTests : RotationContract<MemoryPlace>;

public sealed class MemoryEndingTests : EndingContract<MemoryPlace>;

public sealed class MemoryLostSessionTests : LostSessionContract<MemoryPlace>;

public sealed class MemoryIsolationTests : IsolationContract<MemoryPlace>;

public sealed class MemoryListTests : ListContract<MemoryPlace>;

public sealed class MemoryPropertiesTests : PropertiesContract<MemoryPlace>;

public sealed class MemoryDeviceKeyTests : DeviceKeyContract<MemoryPlace>;

public sealed class MemoryPruningTests : PruningContract<MemoryPlace>;

public sealed class MemoryKeyTests : KeyContract<MemoryPlace>;

public sealed class MemoryHistoryTests : HistoryContract<MemoryPlace>;
