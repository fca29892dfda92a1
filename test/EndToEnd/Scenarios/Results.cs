using System.Collections.Concurrent;
using Pawl.EndToEnd.Scenarios;

[assembly: AssemblyFixture(typeof(Results))]

namespace Pawl.EndToEnd.Scenarios;

/// <summary>The rows of a test run. Where the full matrix was run, they become the table of docs/comparison.md.</summary>
public sealed class Results : IDisposable
{
    private readonly ConcurrentQueue<Row> _rows = [];

    internal void Add(Row row) => _rows.Enqueue(row);

    public void Dispose()
    {
        if (Environment.GetEnvironmentVariable("PAWL_E2E") == "all" && !_rows.IsEmpty)
            Table.Write([.. _rows]);
    }
}
