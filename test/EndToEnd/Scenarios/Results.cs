using System.Collections.Concurrent;
using Pawl.EndToEnd.Scenarios;

[assembly: AssemblyFixture(typeof(Results))]

namespace Pawl.EndToEnd.Scenarios;

/// <summary>The rows of a test run. Where the full matrix was run, to the last row, they become the tables of docs/comparison.md.</summary>
public sealed class Results : IDisposable
{
    private readonly ConcurrentQueue<Row> _rows = [];

    internal void Add(Row row) => _rows.Enqueue(row);

    public void Dispose()
    {
        if (Roster.IsThorough && _rows.Count == Roster.Runs.Count)
            Table.Write([.. _rows]);
    }
}
