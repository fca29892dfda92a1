using StackExchange.Redis;

namespace Pawl.Redis;

/// <summary>The key document, beside the sessions.</summary>
internal sealed class RedisKeyStore(RedisDatabase database) : IKeyStore
{
    private static readonly RedisValue[] Fields = ["version", "content"];

    public async ValueTask<KeyDocument> ReadKeysAsync(CancellationToken cancellationToken)
    {
        await database.EnsureInitializedAsync(cancellationToken);
        var fields = await database.AskAsync(db => db.HashGetAsync(database.Keys.Keys, Fields), cancellationToken);
        return fields[0].IsNull ? default : new((long)fields[0], (byte[])fields[1]!);
    }

    public async ValueTask<bool> TryWriteKeysAsync(KeyDocument document, CancellationToken cancellationToken)
    {
        await database.EnsureInitializedAsync(cancellationToken);
        var written = await database.EvaluateAsync(
            RedisScripts.WriteKeys,
            [database.Keys.Keys],
            [document.Version, document.Version + 1, document.Content],
            cancellationToken
        );
        await database.Durability.WaitAsync([database.Keys.Keys], cancellationToken);
        return (bool)written;
    }
}
