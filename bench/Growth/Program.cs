// Fills each store with more and more sessions and measures it: dotnet run -c Release --project bench/Growth -- [--stores sqlite,postgresql] [--sizes 10000,1000000]
// [--seconds 10] [--out FILE]. Needs gigabytes of disk for ten million.
using System.Globalization;
using Pawl.Bench.Growth;

var given = args.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
var names = given.GetValueOrDefault("--stores", "sqlite,postgresql").Split(',');
var sizes = given.GetValueOrDefault("--sizes", "10000,1000000,10000000").Split(',').Select(size => long.Parse(size, CultureInfo.InvariantCulture)).ToArray();
var time = TimeSpan.FromSeconds(double.Parse(given.GetValueOrDefault("--seconds", "10"), CultureInfo.InvariantCulture));
var file = given.GetValueOrDefault("--out", "bench/GROWTH.md");

var stores = new (string Name, Func<GrowingStore> Create, long Largest)[]
{
    ("SQLite", SqliteGrowth.Create, long.MaxValue),
    ("PostgreSQL", PostgreSqlGrowth.Create, long.MaxValue),
};

var measured = new List<Measurement>();
foreach (var (name, create, largest) in stores.Where(store => names.Contains(store.Name, StringComparer.OrdinalIgnoreCase)))
{
    foreach (var size in sizes.Where(size => size <= largest))
    {
        await using var store = create();
        measured.Add(await new Measuring(store, name, size, time).RunAsync(prunes: size >= 1_000_000));
        await File.WriteAllTextAsync(file, Table.Write(measured, $"dotnet run -c Release --project bench/Growth -- {string.Join(' ', args)}".TrimEnd(' ', '-')));
    }
}

Console.Error.WriteLine($"written: {file}");
