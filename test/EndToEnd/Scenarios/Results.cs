using System.Collections.Concurrent;
using Pawl.EndToEnd.Scenarios;

[assembly: AssemblyFixture(typeof(Results))]

namespace Pawl.EndToEnd.Scenarios;

/// <summary>
/// The rows of a test run. Where the full matrix was run in a browser, to the last row, they become its tables in bench/clients/RESULTS.md.
/// </summary>
public sealed class Results : IDisposable
{
    private readonly ConcurrentQueue<Row> _rows = [];

    internal void Add(Row row) => _rows.Enqueue(row);

    public void Dispose()
    {
        if (!Roster.IsThorough)
            return;
        foreach (
            var rows in _rows
                .GroupBy(static row => row.Browser)
                .Where(static rows => rows.Count() == Roster.Runs.Count(run => run.Browser == rows.Key))
        )
            Table.Write(rows.Key, [.. rows]);
    }
}
