namespace Pawl.AspNetCore;

/// <summary>
/// The public keys of the authority. They are read again all the time, so that a key that it has taken out of use is refused here as well,
/// and at once if a token has an unknown key.
/// </summary>
internal sealed class AuthorityKeys(AuthorityClient client, TimeProvider clock) : IDisposable
{
    // Tokens with unknown keys cannot make this service ask more often.
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile KeyRing? _ring;
    private volatile AuthorityDocument? _document;
    private long _triedAt;
    private long _readAt;
    private volatile bool _hasFailed;

    /// <summary>The keys in force; null before they have been read for the first time.</summary>
    public KeyRing? Ring => _ring;

    /// <summary>The document that was read with them.</summary>
    public AuthorityDocument? Document => _document;

    /// <summary>The time since the keys were read.</summary>
    public TimeSpan Age => _ring is null ? TimeSpan.MaxValue : clock.GetElapsedTime(Volatile.Read(ref _readAt));

    /// <summary>Whether the last attempt to read them has failed. Then an unknown key may be a new one.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>Reads the document and the keys.</summary>
    /// <exception cref="AuthorityFaultException">
    /// The authority does not answer as it should. The keys that are known stay in force.
    /// </exception>
    public async Task<AuthorityDocument> UpdateAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            return await ReadAsync(cancellationToken);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Whether a ring that lacks the key of a token was out of date.</summary>
    public async Task<bool> IsOutdatedAsync(KeyRing ring, CancellationToken cancellationToken)
    {
        // The caller may disconnect, and others wait for the same read.
        await ReadIfOldAsync().WaitAsync(cancellationToken);
        return _ring != ring;
    }

    private async Task ReadIfOldAsync()
    {
        if (IsFresh && _reading.CurrentCount > 0)
            return;
        await _reading.WaitAsync(CancellationToken.None);
        try
        {
            if (!IsFresh)
                await ReadAsync(CancellationToken.None);
        }
        catch (AuthorityFaultException)
        {
            // The periodic read logs the fault.
        }
        finally
        {
            _reading.Release();
        }
    }

    private bool IsFresh => clock.GetElapsedTime(Volatile.Read(ref _triedAt)) < MinInterval;

    private async Task<AuthorityDocument> ReadAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _triedAt, clock.GetTimestamp());
        try
        {
            var document = await client.ReadDocumentAsync(cancellationToken);
            Take(await client.ReadKeysAsync(document, cancellationToken));
            Volatile.Write(ref _readAt, clock.GetTimestamp());
            (_document, _hasFailed) = (document, false);
            return document;
        }
        catch (AuthorityFaultException)
        {
            _hasFailed = true;
            throw;
        }
    }

    // Verified tokens are remembered for a ring, so the same keys keep the same ring. A key's id is its thumbprint.
    private void Take(IReadOnlyList<SigningKey> keys)
    {
        if (_ring?.Verifying.Select(static k => k.KeyId).ToHashSet().SetEquals(keys.Select(static k => k.KeyId)) is true)
        {
            foreach (var key in keys)
                key.Dispose();
            return;
        }
        _ring = new KeyRing(null, keys, []);
    }

    public void Dispose() => _reading.Dispose();
}
