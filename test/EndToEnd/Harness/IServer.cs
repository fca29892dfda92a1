namespace Pawl.EndToEnd.Harness;

/// <summary>A server that browsers visit.</summary>
internal interface IServer
{
    /// <summary>Where it listens, on plain http.</summary>
    Uri Address { get; }

    /// <summary>The lines of its log so far.</summary>
    IReadOnlyList<string> Output { get; }
}
