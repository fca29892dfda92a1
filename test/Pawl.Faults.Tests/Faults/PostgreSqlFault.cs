namespace Pawl.Faults.Tests;

/// <summary>Something that goes wrong where PostgreSQL is the store.</summary>
internal abstract class PostgreSqlFault : Fault
{
    public override string Store => "PostgreSQL";

    public override StoreServer StartStore() => new PostgreSqlServer();

    protected static PostgreSqlServer Server(NodeSet nodes) => (PostgreSqlServer)nodes.Store;
}
