namespace Pawl.Sqlite;

/// <summary>
/// The one worker that writes. A write runs at once on its caller's thread if the worker is free. Writes that arrive meanwhile are
/// batched into one transaction which, if any of them must be durable, waits for the disk once. A write that fails does not fail others.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MaxBatch = 256;

    // SQLite shortens the log by itself at half this length, but only at a moment without readers, and that moment may never come.
    private const long MaxLogLength = 8 << 20;
    private const int WritesBetweenLogChecks = 256;

    private readonly SqliteStatements _statements;
    private readonly BatchQueue<Work> _queue;
    private readonly List<Work> _batch = new(MaxBatch);
    private readonly Lock _closing = new();
    private bool _closed;
    private bool _synchronousFull;
    private int _writes;

    public SqliteWriter(SqliteStatements statements)
    {
        _statements = statements;
        // A worker starts behind the requests that wait for a pool thread. They may want to write, too, and then share its transaction.
        _queue = new(() => ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.WriteWaiting(), this, preferLocal: false), places: 1);
    }

    public Task<T> RunAsync<TArgument, T>(Func<SqliteStatements, TArgument, T> write, TArgument argument, bool durable)
    {
        var work = new Work<TArgument, T>(write, argument, durable);
        if (ThreadPool.PendingWorkItemCount == 0 && _queue.TryEnter())
            WriteAtOnce(work);
        else
            _queue.Enqueue(work);
        return work.Task;
    }

    private void WriteAtOnce(Work work)
    {
        _batch.Add(work);
        WriteBatch();
    }

    private void WriteWaiting()
    {
        _queue.Take(_batch, MaxBatch);
        WriteBatch();
    }

    private void WriteBatch()
    {
        try
        {
            CommitBatch();
            _writes += _batch.Count;
            if (_writes < WritesBetweenLogChecks)
                return;
            _writes = 0;
            BoundLog();
        }
        finally
        {
            _batch.Clear();
            _queue.Leave();
        }
    }

    private void CommitBatch()
    {
        try
        {
            lock (_closing)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                Write(durable: _batch.Exists(static work => work.Durable));
            }
        }
        catch (Exception e)
        {
            _batch.ForEach(work => work.Fail(e));
            return;
        }
        _batch.ForEach(static work => work.Complete());
    }

    // Readers that overlap without a gap would let the log grow without limit. Truncating it makes new readers read the file instead,
    // and waits for the readers that are active.
    private void BoundLog()
    {
        lock (_closing)
        {
            if (!_closed && _statements.LogLength > MaxLogLength)
                _statements.TryTruncateLog();
        }
    }

    private void Write(bool durable)
    {
        if (durable != _synchronousFull)
        {
            _statements.SetSynchronous(full: durable);
            _synchronousFull = durable;
        }
        _statements.Begin();
        try
        {
            RunBatch();
            _statements.Commit();
        }
        catch
        {
            _statements.TryRollback();
            throw;
        }
    }

    private void RunBatch()
    {
        try
        {
            foreach (var work in _batch)
                work.Run(_statements);
        }
        // The fault of one write must not fail the others, so all run again, each under a savepoint. Savepoints from the start would
        // slow down every batch, and nearly no batch needs them.
        catch when (_batch.Count > 1)
        {
            _statements.TryRollback();
            _statements.Begin();
            foreach (var work in _batch)
                RunApart(work);
        }
    }

    private void RunApart(Work work)
    {
        _statements.Execute("SAVEPOINT work");
        try
        {
            work.Run(_statements);
        }
        // After an I/O error SQLite rolls the whole transaction back by itself. Then every write in it has failed.
        catch (Exception e) when (_statements.IsInTransaction)
        {
            _statements.Execute("ROLLBACK TO work");
            work.Error = e;
        }
        _statements.Execute("RELEASE work");
    }

    public void Dispose()
    {
        lock (_closing)
        {
            _closed = true;
            _statements.Dispose();
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
        // A continuation resumes a request, which must not run on the writer's thread.
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
