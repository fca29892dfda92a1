using System.Text;

namespace Pawl.Bench.Load;

/// <summary>The sessions of each subject, signed in when a slot first needs them and kept for the slots that follow.</summary>
internal sealed class SignIns
{
    private readonly Dictionary<string, List<LoadSession>> pools = [];

    /// <summary>At least as many sessions as the slot's connections take; empty if its requests need none.</summary>
    public IReadOnlyList<LoadSession> For(Slot slot)
    {
        if (slot.SignIn.Count == 0)
            return [];

        if (slot.FreshSessions || !pools.TryGetValue(slot.Subject, out var pool))
            pools[slot.Subject] = pool = [];

        var missing = Enumerable.Range(pool.Count, Math.Max(0, (slot.Connections * slot.SessionsPerConnection) - pool.Count)).ToArray();
        var requests = slot.SignIn.Select(spec => new RequestWriter(spec, slot.Port)).ToArray();
        var reader = new TokenReader(slot.FirstToken ?? throw new FormatException("A slot that signs in says where its first token is."));

        // Two at a time: enough to keep the server busy, too few for a peer's database to refuse one for being locked.
        var signedIn = missing
            .AsParallel()
            .AsOrdered()
            .WithDegreeOfParallelism(2)
            .Select(number =>
            {
                using var connection = new HttpConnection(slot.Port);
                var session = new LoadSession(number);
                for (var i = 0; i < requests.Length; i++)
                    Exchange(connection, requests[i], session, i == requests.Length - 1 ? reader : null, slot);
                return session;
            });
        pool.AddRange(signedIn);
        return pool;
    }

    private static void Exchange(HttpConnection connection, RequestWriter request, LoadSession session, TokenReader? reader, Slot slot)
    {
        var answer = connection.Exchange(request, session);
        if (answer.Status is < 200 or > 299 || (reader is not null && !session.Take(reader.Read(answer))))
            throw new FormatException(
                $"Sign-in was answered:\n{Encoding.UTF8.GetString(answer.Head)}\n{Encoding.UTF8.GetString(answer.Body)}"
            );
        if (reader is not null && slot.BindsSessions)
            BoundSession.Bind(connection, slot.Port, session, answer.Head.ToArray());
    }
}
