namespace Pawl.Bench.Load;

/// <summary>A signed-in user as the load generator sees one: a number and the token to send next.</summary>
internal sealed class LoadSession(int number)
{
    private byte[] buffer = new byte[1024];
    private int length;

    public int Number => number;

    /// <summary>What a session with a device key sends besides.</summary>
    public byte[] Id { get; set; } = [];
    public byte[] Proof { get; set; } = [];
    public ReadOnlySpan<byte> Token => buffer.AsSpan(0, length);

    /// <summary>
    /// Takes over a token, into the same buffer: following a rotation allocates nothing. False if it is the token already held.
    /// </summary>
    public bool Take(ReadOnlySpan<byte> token)
    {
        if (token.SequenceEqual(Token))
            return false;

        if (token.Length > buffer.Length)
            buffer = new byte[token.Length * 2];
        token.CopyTo(buffer);
        length = token.Length;
        return true;
    }
}
