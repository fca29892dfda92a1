namespace Pawl;

/// <summary>
/// The store of the keys that all nodes share: one small document with a version. Secrets in it are encrypted before they get here.
/// </summary>
public interface IKeyStore
{
    /// <summary>The present document; version 0 and no content if there is none yet.</summary>
    ValueTask<KeyDocument> ReadKeysAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the document if its version is still the given one, and increments the version. Returns true when the change is durable;
    /// false if another node was first.
    /// </summary>
    ValueTask<bool> TryWriteKeysAsync(KeyDocument document, CancellationToken cancellationToken);
}

/// <summary>The key document at one version. Two are equal if their versions and their contents are.</summary>
public readonly record struct KeyDocument
{
    private readonly Bytes _content;

    /// <summary>Creates a document.</summary>
    /// <param name="version">The number of writes; 0 before the first.</param>
    /// <param name="content">JSON in UTF-8; empty before the first write.</param>
    public KeyDocument(long version, ReadOnlyMemory<byte> content) => (Version, _content) = (version, new(content));

    /// <summary>The number of writes; 0 before the first.</summary>
    public long Version { get; init; }

    /// <summary>JSON in UTF-8; empty before the first write.</summary>
    public ReadOnlyMemory<byte> Content
    {
        get => _content.Content;
        init => _content = new(value);
    }
}
