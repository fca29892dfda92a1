namespace Pawl.Faults.Tests;

/// <summary>The server that keeps the sessions, and what an operator or fate can do to it.</summary>
internal abstract class StoreServer : IDisposable
{
    public abstract int Port { get; }

    /// <summary>What a node is told that reaches it through a port.</summary>
    public abstract IEnumerable<(string Name, string Value)> Settings(int port);

    public abstract void Start();

    /// <summary>As an operator ends it.</summary>
    public abstract void Stop();

    /// <summary>SIGKILL.</summary>
    public abstract void Kill();

    public abstract void Dispose();
}
