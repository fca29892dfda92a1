namespace Pawl;

/// <summary>Where the keys are shared by all nodes: one small document with a version. What is secret in it has been encrypted before it gets here.</summary>
public interface IKeyStore
{
    /// <summary>The document as it is now; version 0 and nothing if there is none yet.</summary>
    ValueTask<KeyDocument> ReadKeysAsync(CancellationToken cancellationToken);

    /// <summary>Replaces the document if its version is still the one given, and counts the version up. Durable when it returns true. False if another node was first.</summary>
    ValueTask<bool> TryWriteKeysAsync(KeyDocument document, CancellationToken cancellationToken);
}

/// <summary>The key document at one version. Two are equal if their version and their content are.</summary>
public readonly record struct KeyDocument
{
    private readonly Bytes _content;

    /// <summary>A document.</summary>
    /// <param name="version">Counts writes; 0 before the first.</param>
    /// <param name="content">JSON in UTF-8; empty before the first write.</param>
    public KeyDocument(long version, ReadOnlyMemory<byte> content) => (Version, _content) = (version, new(content));

    /// <summary>Counts writes; 0 before the first.</summary>
    public long Version { get; init; }

    /// <summary>JSON in UTF-8; empty before the first write.</summary>
    public ReadOnlyMemory<byte> Content { get => _content.Content; init => _content = new(value); }
}
