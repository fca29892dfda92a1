// Builds the peers, runs the contests, writes the tables. Standard output carries every turn as a JSON line; progress goes to standard
// error.
using Pawl.Bench.Runner;

Arguments arguments;
try
{
    arguments = Arguments.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine($"{e.Message}\n{Arguments.Usage}");
    return 2;
}

var wanted = Contests
    .All.Select(contest =>
        Matches(contest.Title) ? contest : contest with { Subjects = [.. contest.Subjects.Where(subject => Matches(subject.Name))] }
    )
    .ToArray();
var present = wanted
    .Select(contest => contest with { Subjects = [.. contest.Subjects.Where(subject => Exists(contest, subject))] })
    .Where(contest => contest.Subjects.Count > 0)
    .ToArray();
var absent = wanted
    .SelectMany(contest =>
        contest.Subjects.Where(subject => !Exists(contest, subject)).Select(subject => $"{subject.Name} ({contest.Title})")
    )
    .ToArray();

if (arguments.Build)
{
    foreach (
        var project in present
            .SelectMany(contest => contest.Subjects)
            .Select(subject => subject.Server?.Project)
            .OfType<string>()
            .Distinct()
            .Prepend("Load")
    )
        Builds.Build(arguments.Artifacts, project);
}

var folder = Directory.CreateTempSubdirectory("pawl-bench-").FullName;
var command = string.Join(' ', new[] { "dotnet run -c Release --project bench/Runner --" }.Concat(args)).TrimEnd('-', ' ');
var file = arguments.Out ?? Path.Combine(Builds.Folder, "RESULTS.md");
var results = new List<(Contest, Turns)>();
foreach (var contest in present)
{
    using var run = new Run(arguments, contest, folder);
    results.Add((contest with { Explanation = $"{contest.Explanation} {run.DatabaseDescription}".Trim() }, await run.RunAsync()));
    // After each: what was measured is not lost if the next one fails.
    await File.WriteAllTextAsync(file, Write());
}

if (Matches(ClientFigures.Title))
{
    var figures = await ClientFigures.MeasureAsync(Path.Combine(folder, "client"));
    await File.WriteAllTextAsync(file, Write() + figures);
}

Console.Error.WriteLine($"\nwritten: {file}");
return 0;

string Write() => results.Count == 0 ? "" : new Report(arguments, command).Write(results, absent);

static bool Exists(Contest contest, Subject subject) =>
    DatabaseServer.Exists(contest.Database) && (subject.Server is null || Builds.Exists(subject.Server.Project));

bool Matches(string name) =>
    arguments.Only.Count == 0 || arguments.Only.Any(only => name.Contains(only, StringComparison.OrdinalIgnoreCase));
