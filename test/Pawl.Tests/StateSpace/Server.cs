namespace Pawl.Tests.StateSpace;

/// <summary>The server's part of the model: the rule on a real <see cref="Session"/> and a real <see cref="RefreshToken"/>, and the store it writes to.</summary>
internal sealed class Server(Bounds bounds, Rule rule)
{
    private static readonly TimeSpan Unit = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset Now = Given.Now;
    private static readonly SessionEnd End = new(SessionEndReason.SignedOut, Now);

    private readonly SessionPolicy _policy = new() { SettlePeriod = bounds.Settle * Unit };

    /// <summary>Decides, moves the head, and issues a child if there is to be one.</summary>
    public RotationResult Show(World world, Token token, out Token? child)
    {
        child = null;
        var result = Decide(world, token, null);
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
            child = rule.SameSuccessor && FindChild(world, token) is { } same ? same : new Token((byte)(token.Generation + 1), world.NextId++, token.Id, 0);
        return result;
    }

    /// <summary>Whether any token that is in anybody's hands would be answered if the session were ended at this moment.</summary>
    public bool AnswersAfterItsEnd(World world) => world.Any(token => token.Id != 0 && Decide(world, token, End).IsGranted);

    private RotationResult Decide(World world, Token token, SessionEnd? end)
    {
        var session = Given.Session with
        {
            Head = new SessionHead(world.Head.Generation, world.Head.Id),
            LastUsedAt = Now - world.HeadAge * Unit,
            End = end,
        };
        return rule.Decide(session, new RefreshToken(session.Id, token.Generation, token.Id, token.Parent, Now - token.Age * Unit), Now, _policy);
    }

    // Where nobody holds the child any more, no one can tell it from another.
    private static Token? FindChild(World world, Token parent)
    {
        Token? child = null;
        world.Any(token => token.Id != 0 && token.Parent == parent.Id && (child = token) is not null);
        return child;
    }
}
