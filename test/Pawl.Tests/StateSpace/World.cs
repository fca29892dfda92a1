namespace Pawl.Tests.StateSpace;

/// <summary>A refresh token, its numbers small. Id 0 is no token.</summary>
internal record struct Token(byte Generation, byte Id, byte Parent, byte Age)
{
    /// <summary>A token so old that no store can remember it: whoever shows it is refused.</summary>
    public static readonly Token Dead = new(0, World.DeadId, 0, 0);
}

/// <summary>A refresh under way: first a request that carries a token, then an answer that carries its child.</summary>
/// <param name="Token">The token shown, then the one answered with.</param>
/// <param name="Age">Steps since it was sent; for a page's answer, steps since its request arrived.</param>
/// <param name="IsAnswer">Whether the server has done its part.</param>
/// <param name="IsOrphan">Whether the client that sent it is gone, so that no answer reaches the jar.</param>
/// <param name="IsCounted">Whether it was sent after the theft.</param>
/// <param name="IsPage">Whether it is the request of a page, in the middle of which the server refreshes.</param>
internal record struct Flight(Token Token, byte Age, bool IsAnswer, bool IsOrphan, bool IsCounted, bool IsPage = false);

/// <summary>A request that waits in the server: a refresh that its client has given up, or the request of a page.</summary>
/// <param name="Token">The token, as old as it was when the request arrived.</param>
/// <param name="Waited">Steps since it arrived; past the longest refresh they are not counted.</param>
/// <param name="IsPage">Whether its client still waits for the answer, which may then set cookies.</param>
internal record struct LateRequest(Token Token, byte Waited, bool IsPage = false);

/// <summary>
/// Everything there is at one moment: the store, the owner's cookie jar and requests, the thief's loot. It is packed into a <see
/// cref="State"/> in a normal form: ids are renamed in the order of their first appearance, generations counted from the oldest head, and
/// what can make no difference any more is left out, so that an endless history has finitely many states and each is visited once.
/// </summary>
internal sealed class World
{
    public const byte DeadId = 15;

    public Token Head;
    public byte HeadAge;
    public Token Jar;
    public Token Disk;
    public byte DiskAge;
    public bool IsStolen;
    public byte NextId = 100;
    public byte Fallbacks;
    public readonly List<Token> Past = new(4);
    public readonly List<Flight> Flights = new(4);
    public readonly List<Token> Loot = new(4);
    public readonly List<LateRequest> Late = new(4);

    /// <summary>The settled tokens that each has been answered for since the theft, by id; 0 for one that cannot be shown again.</summary>
    public readonly List<byte> OwnerUses = new(4),
        ThiefUses = new(4);

    private readonly byte[] _names = new byte[256];

    public void CopyFrom(World other)
    {
        (Head, HeadAge, Jar, Disk, DiskAge, IsStolen, NextId) = (
            other.Head,
            other.HeadAge,
            other.Jar,
            other.Disk,
            other.DiskAge,
            other.IsStolen,
            other.NextId
        );
        Fallbacks = other.Fallbacks;
        Replace(Past, other.Past);
        Replace(Flights, other.Flights);
        Replace(Loot, other.Loot);
        Replace(Late, other.Late);
        Replace(OwnerUses, other.OwnerUses);
        Replace(ThiefUses, other.ThiefUses);

        static void Replace<T>(List<T> target, List<T> source)
        {
            target.Clear();
            target.AddRange(source);
        }
    }

    /// <summary>Puts an answer into the jar. What the disk has is behind from then on, if it was not before.</summary>
    public void Write(Token token)
    {
        if (Disk == Jar)
            DiskAge = 0;
        Jar = token;
    }

    /// <summary>Whether any token that somebody holds, or that is or was the head, is like that.</summary>
    public bool Any(Func<Token, bool> isLikeThat)
    {
        if (isLikeThat(Head) || isLikeThat(Jar) || isLikeThat(Disk))
            return true;
        foreach (var token in Past)
        {
            if (isLikeThat(token))
                return true;
        }
        foreach (var flight in Flights)
        {
            if (isLikeThat(flight.Token))
                return true;
        }
        foreach (var token in Loot)
        {
            if (isLikeThat(token))
                return true;
        }
        foreach (var request in Late)
        {
            if (isLikeThat(request.Token))
                return true;
        }
        return false;
    }

    /// <summary>The state this world is in. Brings the world into its normal form on the way.</summary>
    public State Pack(Bounds bounds)
    {
        // What is in the air, and what the thief has, is in no order: put it into one, so that fewer states mean the same.
        if (Flights.Count > 1)
            Flights.Sort(static (a, b) => Rank(a).CompareTo(Rank(b)));
        if (Loot.Count > 1)
            Loot.Sort(static (a, b) => Rank(a).CompareTo(Rank(b)));
        if (Late.Count > 1)
            Late.Sort(static (a, b) => Rank(a).CompareTo(Rank(b)));
        return PackInOrder(bounds);
    }

    /// <summary>The same with requests and loot in the order they are in.</summary>
    public State PackInOrder(Bounds bounds)
    {
        var oldest = Head.Generation;
        foreach (var token in Past)
            oldest = Math.Min(oldest, token.Generation);
        Array.Clear(_names);
        byte named = 0;
        Head = Head with { Generation = (byte)(Head.Generation - oldest + 1), Id = Name(Head.Id), Parent = 0, Age = 0 };
        for (var i = 0; i < Past.Count; i++)
            Past[i] = Past[i] with { Generation = (byte)(Past[i].Generation - oldest + 1), Id = Name(Past[i].Id), Parent = 0, Age = 0 };

        Jar = Rename(Jar);
        Disk = Rename(Disk);
        for (var i = 0; i < Flights.Count; i++)
            Flights[i] = Flights[i] with { Token = Rename(Flights[i].Token) };
        for (var i = 0; i < Loot.Count; i++)
            Loot[i] = Rename(Loot[i]);
        for (var i = 0; i < Late.Count; i++)
            Late[i] = Late[i] with { Token = Rename(Late[i].Token) };

        // A parent that nobody holds and that is no head can never become one: it is nobody.
        Jar = Parent(Jar);
        Disk = Parent(Disk);
        for (var i = 0; i < Flights.Count; i++)
            Flights[i] = Flights[i] with { Token = Parent(Flights[i].Token) };
        for (var i = 0; i < Loot.Count; i++)
            Loot[i] = Parent(Loot[i]);
        for (var i = 0; i < Late.Count; i++)
            Late[i] = Late[i] with { Token = Parent(Late[i].Token) };
        Used(OwnerUses);
        Used(ThiefUses);
        return new Packer().Pack(this, bounds);

        // The tokens are a set, so their order does not matter.
        void Used(List<byte> uses)
        {
            for (var i = 0; i < uses.Count; i++)
                uses[i] = _names[uses[i]];
            uses.Sort();
        }

        byte Name(byte id) =>
            _names[id] != 0
                ? _names[id]
                : _names[id] = ++named < DeadId ? named : throw new InvalidOperationException("More ids than have room.");

        Token Rename(Token token)
        {
            if (token.Id is 0 or DeadId)
                return token;
            // Older than every head there is or may be again: no rule that goes by heads and generations has a use for it.
            if (token.Generation < oldest)
                return Token.Dead;
            return token with { Generation = (byte)(token.Generation - oldest + 1), Id = Name(token.Id) };
        }

        Token Parent(Token token)
        {
            if (token.Id is 0 or DeadId)
                return token;
            var parent = _names[token.Parent];
            // How old it is counts as long as its parent may be the head; and where somebody counts its uses.
            return token with { Parent = parent, Age = parent == 0 && bounds.Loot == 0 ? (byte)0 : token.Age };
        }
    }

    private static int Rank(Flight flight) =>
        ((flight.IsPage ? 8 : 0) + (flight.IsAnswer ? 4 : 0) + (flight.IsOrphan ? 2 : 0) + (flight.IsCounted ? 1 : 0) << 24)
        + (flight.Age << 20)
        + Rank(flight.Token);

    private static int Rank(LateRequest request) => (request.IsPage ? 1 << 24 : 0) + (request.Waited << 20) + Rank(request.Token);

    private static int Rank(Token token) => (token.Generation << 12) + (token.Age << 8) + token.Id;
}
