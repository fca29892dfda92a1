using System.Collections.Concurrent;

[assembly: AssemblyFixture(typeof(Pawl.Faults.Tests.Results))]

namespace Pawl.Faults.Tests;

/// <summary>The rows of a test run. Where every fault was tried they become the table of docs/evidence.md.</summary>
public sealed class Results : IDisposable
{
    private readonly ConcurrentQueue<Row> _rows = [];

    internal void Add(Row row) => _rows.Enqueue(row);

    public void Dispose()
    {
        if (Roster.IsThorough && _rows.Count == Roster.All.Count)
            Table.Write([.. Roster.All.Select(fault => _rows.Single(row => (row.Store, row.Fault) == (fault.Store, fault.What)))]);
    }
}
