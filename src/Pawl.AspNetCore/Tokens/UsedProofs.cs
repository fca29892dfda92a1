using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Pawl.AspNetCore;

/// <summary>
/// The proofs that this node has seen, by session. Only a proof by the session's own key enters, and one that does not fit is refused:
/// nothing is forgotten before its time, so no flood makes room for a repeated proof (CVE-2026-41707).
/// </summary>
internal sealed class UsedProofs
{
    // A proof with a nonce is remembered for six minutes, so this is 22 requests a second for as long as a client likes.
    private const int MaxOfSession = 8192;

    private readonly ConcurrentDictionary<SessionId, Seen> _sessions = [];

    /// <summary>Remembers a proof, unless it was used before.</summary>
    /// <param name="session">The session whose key has signed the proof.</param>
    /// <param name="id">The id of the proof.</param>
    /// <param name="now">The present time.</param>
    /// <param name="until">When the proof will be too old to be accepted.</param>
    public UsedProof TryUse(SessionId session, string id, DateTimeOffset now, DateTimeOffset until)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(id), hash);
        while (true)
        {
            var seen = _sessions.GetOrAdd(session, static _ => new());
            lock (seen)
            {
                // It has been removed, and another request may have put another one in its place.
                if (!seen.IsGone)
                    return seen.TryUse(BinaryPrimitives.ReadUInt64BigEndian(hash), now.ToUnixTimeSeconds(), until.ToUnixTimeSeconds());
            }
        }
    }

    /// <summary>Removes sessions whose proofs are all too old.</summary>
    public void Forget(DateTimeOffset now)
    {
        foreach (var (session, seen) in _sessions)
        {
            lock (seen)
            {
                if (!seen.IsEmpty(now.ToUnixTimeSeconds()))
                    continue;
                seen.IsGone = true;
                _sessions.TryRemove(session, out _);
            }
        }
    }

    private sealed class Seen
    {
        private readonly HashSet<ulong> _hashes = [];
        private readonly PriorityQueue<ulong, long> _byTime = new();

        public bool IsGone { get; set; }

        public bool IsEmpty(long now)
        {
            // A proof is accepted up to and including its last second.
            while (_byTime.TryPeek(out var hash, out var until) && until < now)
            {
                _byTime.Dequeue();
                _hashes.Remove(hash);
            }
            return _hashes.Count == 0;
        }

        public UsedProof TryUse(ulong hash, long now, long until)
        {
            IsEmpty(now);
            if (_hashes.Contains(hash))
                return UsedProof.IsKnown;
            if (_hashes.Count >= MaxOfSession)
                return UsedProof.IsOneTooMany;
            _hashes.Add(hash);
            _byTime.Enqueue(hash, until);
            return UsedProof.IsNew;
        }
    }
}

/// <summary>Whether a proof may be used.</summary>
internal enum UsedProof
{
    /// <summary>It may, and is remembered now.</summary>
    IsNew,

    /// <summary>It was used before.</summary>
    IsKnown,

    /// <summary>It could not be remembered.</summary>
    IsOneTooMany,
}
