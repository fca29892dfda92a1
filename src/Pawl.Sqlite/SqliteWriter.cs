using System.Collections.Concurrent;

namespace Pawl.Sqlite;

/// <summary>
/// The one lane of writes. Whoever finds it idle, and nobody about to come, writes at once, on their own thread; what arrives meanwhile is written together, in one
/// transaction and, if anything in it must be durable, with one wait for the disk. A write that fails fails alone.
/// </summary>
internal sealed class SqliteWriter(SqliteStatements statements) : IDisposable
{
    private const int LargestBatch = 256;

    // Twice what SQLite lets the log grow to before it folds it back by itself. It does so only in a moment without readers, and there may be none.
    private const long LongestLog = 8 << 20;
    private const int WritesBetweenLooks = 256;

    private readonly ConcurrentQueue<Work> _queue = new();
    private readonly List<Work> _batch = new(LargestBatch);
    private readonly Lock _closing = new();
    private int _busy;
    private bool _closed;
    private bool _synchronousFull;
    private int _writes;

    public Task<T> RunAsync<TArgument, T>(Func<SqliteStatements, TArgument, T> write, TArgument argument, bool durable)
    {
        var work = new Work<TArgument, T>(write, argument, durable);
        _queue.Enqueue(work);
        if (Interlocked.CompareExchange(ref _busy, 1, 0) == 0)
        {
            // Requests that wait for a thread may want to write, too: behind them in the pool's queue, one transaction does for all.
            if (ThreadPool.PendingWorkItemCount == 0)
                Drain();
            else
                DrainInPool();
        }
        return work.Task;
    }

    private void DrainInPool() => ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.Drain(), this, preferLocal: false);

    private void Drain()
    {
        WriteBatch();
        // In full view before the look at the queue: else whoever has just joined it took the lane for busy, and nobody would come.
        Interlocked.Exchange(ref _busy, 0);
        // One batch is enough for the caller's thread; company that arrived meanwhile gets a thread of the pool.
        if (!_queue.IsEmpty && Interlocked.CompareExchange(ref _busy, 1, 0) == 0)
            DrainInPool();
    }

    private void WriteBatch()
    {
        _batch.Clear();
        var durable = false;
        while (_batch.Count < LargestBatch && _queue.TryDequeue(out var work))
        {
            _batch.Add(work);
            durable |= work.Durable;
        }
        if (_batch.Count == 0)
            return;

        try
        {
            lock (_closing)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                Write(durable);
            }
        }
        catch (Exception e)
        {
            foreach (var work in _batch)
                work.Fail(e);
            return;
        }
        foreach (var work in _batch)
            work.Complete();
        _writes += _batch.Count;
        if (_writes < WritesBetweenLooks)
            return;
        _writes = 0;
        BoundLog();
    }

    // Readers that follow each other without a gap would let the log grow for ever: this makes new ones read past it, and waits for those that are under way.
    private void BoundLog()
    {
        lock (_closing)
        {
            if (!_closed && statements.LogLength > LongestLog)
                statements.TryTruncateLog();
        }
    }

    private void Write(bool durable)
    {
        if (durable != _synchronousFull)
        {
            statements.SetSynchronous(full: durable);
            _synchronousFull = durable;
        }
        statements.Begin();
        try
        {
            RunBatch();
            statements.Commit();
        }
        catch
        {
            statements.TryRollback();
            throw;
        }
    }

    private void RunBatch()
    {
        try
        {
            foreach (var work in _batch)
                work.Run(statements);
        }
        // A fault of one write is not the others': they run again without it. Savepoints from the start would cost every
        // batch for what nearly none of them needs.
        catch when (_batch.Count > 1)
        {
            statements.TryRollback();
            statements.Begin();
            foreach (var work in _batch)
                RunApart(work);
        }
    }

    private void RunApart(Work work)
    {
        statements.Execute("SAVEPOINT work");
        try
        {
            work.Run(statements);
        }
        // After an I/O error SQLite rolls the whole transaction back by itself. Then every write in it has failed.
        catch (Exception e) when (statements.IsInTransaction)
        {
            statements.Execute("ROLLBACK TO work");
            work.Error = e;
        }
        statements.Execute("RELEASE work");
    }

    public void Dispose()
    {
        lock (_closing)
        {
            _closed = true;
            statements.Dispose();
        }
    }

    private abstract class Work(bool durable)
    {
        public bool Durable => durable;

        /// <summary>What failed in this write alone, or null.</summary>
        public Exception? Error { get; set; }

        public abstract void Run(SqliteStatements statements);

        public abstract void Complete();

        public abstract void Fail(Exception error);
    }

    private sealed class Work<TArgument, T>(Func<SqliteStatements, TArgument, T> write, TArgument argument, bool durable) : Work(durable)
    {
        // Continuations are requests being answered: they must not run inside the lane.
        private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _result = default!;

        public Task<T> Task => _source.Task;

        public override void Run(SqliteStatements statements) => _result = write(statements, argument);

        public override void Complete()
        {
            if (Error is null)
                _source.SetResult(_result);
            else
                _source.SetException(Error);
        }

        public override void Fail(Exception error) => _source.SetException(Error ?? error);
    }
}
