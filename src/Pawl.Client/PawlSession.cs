using Pawl.Client.Proofs;

namespace Pawl.Client;

/// <summary>
/// One user's session with one server. Make one for each account and keep it: all clients of the account share it. Thread-safe. Nothing
/// here throws for what the network, the server or the vault does: the results say it.
/// </summary>
public sealed partial class PawlSession : IDisposable
{
    private readonly TimeProvider _time;
    private readonly TokenServer _tokenServer;
    private readonly SessionVault _vault;
    private readonly Uri _server;
    private readonly Uri[] _origins;
    private readonly Lock _sync = new();
    private readonly CancellationTokenSource _disposing = new();
    private CancellationTokenSource _outdated = new();
    private Task<SessionResult>? _flight;
    private volatile HeldTokens? _held;
    private volatile SignedOut? _over; // the last session of this program that has ended. A vault that cannot be written may still hold it
    private string? _user; // whose session this is, from the first tokens to the next sign-in or sign-out
    private volatile SignedIn? _futile; // refused straight after the refresh that made it: another refresh would not help

    /// <summary>Makes a session; what the vault holds is read at the first call.</summary>
    /// <param name="options">At least <see cref="PawlSessionOptions.Server"/>.</param>
    /// <exception cref="ArgumentException">The options cannot work. The message says which.</exception>
    public PawlSession(PawlSessionOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.FindProblem() is { } problem)
            throw new ArgumentException(problem, nameof(options));
        _server = options.Server!;
        _origins = [_server, .. options.Origins];
        (_time, MaxBufferedStream) = (options.TimeProvider, options.MaxBufferedStream);
        (_proofs, BindsSession) = (new(_time), options.BindsSession);
        _appKey = options.ProofKey is { } key ? SessionKey.OfApp(key) : null;
        _tokenServer = new(options, _server, _proofs);
        _vault = new(options.Vault ?? new MemoryTokenVault(), _server.AbsoluteUri, options.Account, _appKey);
    }

    /// <summary>
    /// The server has said that the session is over, or another program has ended or replaced it in the same vault. It is raised once for
    /// each session, on the thread pool, when no lock is held; not after <see cref="SignOutAsync"/>.
    /// </summary>
    /// <example><code>
    /// var session = new PawlSession(new PawlSessionOptions { Server = new Uri("https://example.com") });
    /// session.SignedOut += (_, ended) =&gt; Console.WriteLine($"Please sign in again: {ended.Reason}");
    /// </code></example>
    public event EventHandler<SignedOut>? SignedOut;

    internal int MaxBufferedStream { get; }

    /// <summary>A fresh access token, without a call to the server while there is one. One refresh serves all callers.</summary>
    /// <param name="cancellationToken">Ends this wait; the refresh goes on for the others.</param>
    /// <returns><see cref="SignedIn"/>, <see cref="Client.SignedOut"/>, or <see cref="Unavailable"/> after at most 15 seconds.</returns>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public ValueTask<SessionResult> GetTokenAsync(CancellationToken cancellationToken = default)
    {
        if (_held is { } held)
        {
            var age = held.Age;
            if (age < held.Tokens.RefreshIn)
                return new(held.Result);
            if (age < held.Tokens.ExpiresIn)
            {
                _ = Fly(null);
                return new(held.Result);
            }
        }
        return new(Fly(null).WaitAsync(cancellationToken));
    }

    /// <summary>Replaces an access token that the server has refused. If it has been replaced already, no call is made.</summary>
    /// <param name="refused">What <see cref="GetTokenAsync"/> returned.</param>
    /// <param name="cancellationToken">Ends this wait; the refresh goes on for the others.</param>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async ValueTask<SessionResult> RefreshAsync(SignedIn refused, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(refused);
        // A refresh that was under way may have been one for another reason, which kept the refused token.
        for (var flights = 0; ; flights++)
        {
            if (_held is { } held && held.Result.AccessToken != refused.AccessToken)
                return await GetTokenAsync(cancellationToken);
            var result = await Fly(refused.AccessToken).WaitAsync(cancellationToken);
            if (flights > 0 || result is not SignedIn same || same.AccessToken != refused.AccessToken)
                return result;
        }
    }

    /// <summary>Whether a request to this URL gets the access token.</summary>
    internal bool Allows(Uri uri)
    {
        foreach (var origin in _origins)
            if (uri.IsAbsoluteUri && origin.Scheme == uri.Scheme && origin.Port == uri.Port && origin.IdnHost == uri.IdnHost)
                return true;
        return false;
    }

    internal bool IsFutile(SignedIn refused) => _futile == refused;

    internal void MarkFutile(SignedIn refused) => _futile = refused;

    private Task<SessionResult> Fly(string? refused)
    {
        lock (_sync)
        {
            if (_flight is { IsCompleted: false } flight)
                return flight;
            ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
            // The refresh is not the first caller's: neither its ambient values nor its trace go along.
            using (ExecutionContext.IsFlowSuppressed() ? default : ExecutionContext.SuppressFlow())
                return _flight = Task.Run(() => RunAsync(refused));
        }
    }

    private void Announce(SignedOut ended)
    {
        if (SignedOut is { } listeners)
            ThreadPool.UnsafeQueueUserWorkItem(_ => listeners(this, ended), null);
    }

    /// <summary>Stops what is under way. Nothing is signed out, and the vault keeps the session.</summary>
    public void Dispose()
    {
        lock (_sync)
        {
            if (_disposing.IsCancellationRequested)
                return;
            _disposing.Cancel();
        }
        _tokenServer.Dispose();
    }
}
