using System.Security.Cryptography;
using Pawl.Client.Policy;

namespace Pawl.Client;

/// <summary>
/// Keeps the tokens in a file that only its owner can read (mode 0600 on Unix). Any number of processes may share it: they lock the file
/// <c>path.lock</c> beside it. A write replaces the file in one step. The tokens are not encrypted.
/// </summary>
public sealed class FileTokenVault : ITokenVault
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    // Longer than one call may take, so only a process that was stopped keeps the lock for longer. The others then go on without it. The
    // system releases the lock of a process that has died.
    private static readonly TimeSpan s_lockTimeout = Pauses.Call + TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lockPause = TimeSpan.FromMilliseconds(15);

    // Far longer than a write takes. A younger file may be the one that a process without the lock writes now.
    private static readonly TimeSpan s_leftover = TimeSpan.FromMinutes(1);
    private static readonly TimeProvider s_time = TimeProvider.System;

    private readonly string _path;

    /// <summary>Names the file. Its folder is made with the first write, for the owner only.</summary>
    /// <param name="path">The file; a relative path is resolved now.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public FileTokenVault(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        _path = Path.GetFullPath(path);
    }

    /// <inheritdoc/>
    public async ValueTask<SessionTokens?> ReadAsync(CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_path) & Others) != 0)
                throw new TokenVaultException(
                    $"Other users may read the token vault {_path}. Use chmod 600, and sign in again if they did."
                );
            bytes = await File.ReadAllBytesAsync(_path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenVaultException($"The token vault {_path} cannot be read.", e);
        }
        return SessionTokens.FromBytes(bytes);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(SessionTokens? tokens, CancellationToken cancellationToken)
    {
        // A name of its own, because a process that got no lock may write at the same time.
        var next = $"{_path}.{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}.tmp";
        try
        {
            RemoveLeftovers();
            if (tokens is null)
            {
                File.Delete(_path);
                return;
            }
            MakeFolder();
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.Asynchronous,
            };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = OwnerOnly;
            var file = new FileStream(next, options);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(tokens.ToBytes(), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }
            // A power cut may undo the replacement of the last seconds. The server accepts the token from before.
            File.Move(next, _path, overwrite: true);
        }
        catch (DirectoryNotFoundException) when (tokens is null) { }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenVaultException($"The token vault {_path} cannot be written.", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IDisposable?> LockAsync(CancellationToken cancellationToken)
    {
        for (var since = s_time.GetTimestamp(); s_time.GetElapsedTime(since) < s_lockTimeout; )
        {
            try
            {
                MakeFolder();
                var options = new FileStreamOptions
                {
                    Mode = FileMode.OpenOrCreate,
                    Access = FileAccess.ReadWrite,
                    Share = FileShare.None,
                };
                if (!OperatingSystem.IsWindows())
                    options.UnixCreateMode = OwnerOnly;
                // The system releases the lock of a process that is killed.
                return new FileStream(_path + ".lock", options);
            }
            catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException fault && !IsHeldByAnother(fault)))
            {
                // As in a folder that is read-only: no wait would help.
                return null;
            }
            catch (IOException)
            {
                await Task.Delay(s_lockPause, cancellationToken).ConfigureAwait(false);
            }
        }
        return null;
    }

    // EWOULDBLOCK of Linux and of macOS; the violations of sharing and of a lock of Windows.
    private static bool IsHeldByAnother(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020) or unchecked((int)0x80070021);

    // What a process that was killed in the middle of a write has left. It holds tokens.
    private void RemoveLeftovers()
    {
        if (Path.GetDirectoryName(_path) is { } folder && Directory.Exists(folder))
            foreach (var leftover in Directory.EnumerateFiles(folder, $"{Path.GetFileName(_path)}.*.tmp"))
                if (s_time.GetUtcNow() - File.GetLastWriteTimeUtc(leftover) > s_leftover)
                    File.Delete(leftover);
    }

    private void MakeFolder()
    {
        if (Path.GetDirectoryName(_path) is not { } folder || Directory.Exists(folder))
            return;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }
}
