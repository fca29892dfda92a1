using Pawl.Stores.Tests;

namespace Pawl.Faults.Tests;

/// <summary>PostgreSQL: a server of this run's own.</summary>
internal sealed class PostgreSqlServer(PostgreSqlProcess process) : StoreServer
{
    public PostgreSqlServer()
        : this(new PostgreSqlProcess()) { }

    public PostgreSqlProcess Process => process;

    public override int Port => process.Port;

    public override IEnumerable<(string Name, string Value)> Settings(int port) =>
        [("Pawl__Store", "postgresql"), ("ConnectionStrings__Pawl", $"Host=127.0.0.1;Port={port};Database=postgres;Username=pawl")];

    public override void Start() => process.Start();

    public override void Stop() => process.Shut();

    public override void Kill() => process.Kill();

    public override void Dispose() => process.Dispose();
}
