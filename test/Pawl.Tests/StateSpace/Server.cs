namespace Pawl.Tests.StateSpace;

/// <summary>
/// The server's part of the model: the rule on a real <see cref="Session"/> and a real <see cref="RefreshToken"/>, and the store it writes
/// to.
/// </summary>
internal sealed class Server(Bounds bounds, Rule rule)
{
    /// <summary>
    /// One step of time. A quarter of the shortest settle period is then more than <see cref="SessionPolicy.RefreshTimeout"/>'s minimum.
    /// </summary>
    public static readonly TimeSpan Unit = TimeSpan.FromSeconds(10);

    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly SessionEnd End = new(SessionEndReason.SignedOut, Now);

    private readonly SessionPolicy _policy = new() { SettlePeriod = bounds.Settle * Unit };

    /// <summary>Decides, moves the head, and issues a child if there is to be one.</summary>
    /// <param name="world">Everything there is.</param>
    /// <param name="token">The token, as old as it was when its request arrived.</param>
    /// <param name="waited">For how many steps the request has been here.</param>
    /// <param name="child">The new token; null if none is issued.</param>
    public RotationResult Show(World world, Token token, int waited, out Token? child)
    {
        child = null;
        var result = Decide(world, token, waited, null);
        if (result.MovesHead)
        {
            if (bounds.Fallback > 0)
            {
                world.Past.Add(world.Head);
                world.Past.RemoveAll(head => head.Generation + bounds.Fallback < token.Generation);
            }
            (world.Head, world.HeadAge) = (token, 0);
        }
        if (result.IssuesChild)
            child =
                rule.SameSuccessor && FindChild(world, token) is { } same
                    ? same
                    : new Token((byte)(token.Generation + 1), world.NextId++, token.Id, 0);
        return result;
    }

    /// <summary>Whether any token that is in anybody's hands would be answered if the session were ended at this moment.</summary>
    public bool AnswersAfterItsEnd(World world) => world.Any(token => token.Id != 0 && Decide(world, token, 0, End).IsGranted);

    private RotationResult Decide(World world, Token token, int waited, SessionEnd? end)
    {
        var session = Given.Session with
        {
            Head = new SessionHead(world.Head.Generation, world.Head.Id),
            LastUsedAt = Now - world.HeadAge * Unit,
            End = end,
        };
        var shown = new RefreshToken(session.Id, token.Generation, token.Id, token.Parent, Now - token.Age * Unit);
        return rule.Decide(session, shown, Now, waited * Unit, _policy);
    }

    // Where nobody holds the child any more, no one can tell it from another.
    private static Token? FindChild(World world, Token parent)
    {
        Token? child = null;
        world.Any(token => token.Id != 0 && token.Parent == parent.Id && (child = token) is not null);
        return child;
    }
}
