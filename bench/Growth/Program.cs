// Fills each store with more and more sessions and measures it: dotnet run -c Release --project bench/Growth -- [--stores
// sqlite,postgresql,redis] [--sizes 10000,1000000]
// [--seconds 10] [--out FILE]. Ten million need gigabytes of disk, and of memory for Redis.
using System.Globalization;
using Pawl.Bench.Growth;

var given = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var names = given.GetValueOrDefault("--stores", "sqlite,postgresql,redis").Split(',');
var sizes = given
    .GetValueOrDefault("--sizes", "10000,1000000,10000000")
    .Split(',')
    .Select(size => long.Parse(size, CultureInfo.InvariantCulture))
    .ToArray();
var time = TimeSpan.FromSeconds(double.Parse(given.GetValueOrDefault("--seconds", "10"), CultureInfo.InvariantCulture));
var file = given.GetValueOrDefault("--out", "bench/GROWTH.md");

var stores = new (string Name, Func<GrowingStore> Create)[]
{
    ("SQLite", SqliteGrowth.Create),
    ("PostgreSQL", PostgreSqlGrowth.Create),
    ("Redis", RedisGrowth.Create),
};

var measured = new List<Measurement>();

// The small ones of all stores first, and the table after each: whoever has no patience for ten million has the others.
foreach (var size in sizes)
{
    foreach (var (name, create) in stores.Where(store => names.Contains(store.Name, StringComparer.OrdinalIgnoreCase)))
    {
        await using var store = create();
        measured.Add(await new Measuring(store, name, size, time).RunAsync(prunes: size == 1_000_000));
        await File.WriteAllTextAsync(
            file,
            Table.Write(
                [.. measured.OrderBy(m => m.Store, StringComparer.Ordinal)],
                $"dotnet run -c Release --project bench/Growth -- {string.Join(' ', args)}".TrimEnd(' ', '-')
            )
        );
    }
}

Console.Error.WriteLine($"written: {file}");
