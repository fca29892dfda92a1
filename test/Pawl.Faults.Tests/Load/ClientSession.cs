using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;

namespace Pawl.Faults.Tests;

/// <summary>
/// A session as its client knows it, with what only a test remembers: tokens that are spent, and what was asked and answered about its end.
/// </summary>
internal sealed class ClientSession
{
    private readonly ConcurrentDictionary<ulong, ulong> _heads = new();
    private volatile bool _isEndAsked;

    public ClientSession(Answer answer) =>
        (Id, CreatedAt, RefreshToken, AccessToken) = (answer["sid"]!, DateTime.UtcNow, answer["refresh_token"]!, answer["access_token"]!);

    public string Id { get; }

    public DateTime CreatedAt { get; }

    public string RefreshToken { get; private set; }

    public string AccessToken { get; private set; }

    /// <summary>The token before the last that was granted a child: another has been used since, so it opens nothing any more.</summary>
    public string? Spent { get; private set; }

    private string? LastGranted { get; set; }

    /// <summary>Somebody wants it to be over, and may have been heard.</summary>
    public bool IsEndAsked
    {
        get => _isEndAsked;
        set => _isEndAsked = value;
    }

    /// <summary>When the server said that it is over.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>Whether it was another of the user's sessions that ended it.</summary>
    public bool IsEndedByAnother { get; set; }

    /// <summary>Whether two tokens of one parent were each granted a child: then two could go on.</summary>
    public bool IsForked => _heads.Values.GroupBy(static parent => parent).Any(static siblings => siblings.Count() > 1);

    /// <summary>Takes what a refresh was answered; no refresh token means: keep the one there is.</summary>
    public void Take(Answer answer)
    {
        AccessToken = answer["access_token"]!;
        if (answer["refresh_token"] is not { } child)
            return;
        var (id, parent) = Read(RefreshToken);
        _heads[id] = parent;
        if (LastGranted != RefreshToken)
            (Spent, LastGranted) = (LastGranted, RefreshToken);
        RefreshToken = child;
    }

    // docs/protocol.md, section 1: what a client never looks at.
    private static (ulong Id, ulong Parent) Read(string refreshToken)
    {
        var bytes = Base64Url.DecodeFromChars(refreshToken.AsSpan("pawl_r1_".Length));
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(22)), BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(30)));
    }
}
