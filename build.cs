#!/usr/bin/env dotnet
// The one way to build, test, measure and pack Pawl: `./build.cs <target>`, or `dotnet run build.cs -- <target>`. It has no packages, so
// that nothing has to be restored first.

using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

var root = Path.GetDirectoryName(Path.GetFullPath(EntryPoint()))!;
Directory.SetCurrentDirectory(root);
var isCi = Environment.GetEnvironmentVariable("CI") == "true";
Environment.SetEnvironmentVariable("DOTNET_CLI_TELEMETRY_OPTOUT", "1");
Environment.SetEnvironmentVariable("DOTNET_NOLOGO", "1");
var tally = new Tally();
var steps = new List<(string Name, long StartedAt)>();
const string Fuzzer = "test/Fuzz/bin/Release/net10.0/Fuzz.dll";
const string FuzzFigures = @"^(?<passed>\d+) targets held, (?<failed>\d+) broken";
var target = args.FirstOrDefault();

var targets = new (string Name, string What, Action Run)[]
{
    ("check", "the build with analyzers and the public API, the packages, formatting, and the types and lint of the browser client", Check),
    ("build", "everything, in Release", Build),
    ("quick", "the inner loop: the tests of the core, of ASP.NET Core and of the browser client, without analyzers", Quick),
    ("test", "all tests: .NET, JavaScript, and end to end in Chromium and Firefox", Test),
    ("js", "the browser client: types, lint, and tests that reach every line", JavaScript),
    ("e2e", "the server in real browsers", EndToEnd),
    ("conformance", "which test proves which requirement, into artifacts/conformance.md, with a summary in docs", Conformance),
    ("fuzz", "the parsers, coverage-guided, for some seconds (60): fuzz [seconds]", () => Fuzz(args.Length > 1 ? int.Parse(args[1]) : 60)),
    ("prove", "what docs/evidence.md says, with its figures: minutes", Prove),
    ("faults", "three nodes under load, and each fault for some seconds (60), into docs/evidence.md: faults [seconds]", () =>
        Faults(args.Length > 1 ? int.Parse(args[1]) : 60)
    ),
    ("mutate", "change the core in small ways, one at a time: which change does no test of Pawl.Tests notice? about ten minutes", Mutate),
    ("bench", "figures beside peers and limits, into bench/RESULTS.md", Bench),
    ("growth", "the stores with up to ten million sessions, into bench/GROWTH.md", Growth),
    ("pack", "the NuGet and npm packages, into artifacts/packages", Pack),
    ("sbom", "what the packages are made of, as CycloneDX, beside them", Sbom),
    ("ci", "the same as test", Test),
};

var chosen = targets.FirstOrDefault(t => t.Name == target);
if (chosen.Run is null)
{
    Console.Error.WriteLine("usage: ./build.cs <target>\n" + string.Join('\n', targets.Select(t => $"  {t.Name, -11} {t.What}")));
    return 2;
}
try
{
    chosen.Run();
}
catch (BuildFailedException e)
{
    tally.Failed += tally.Failed == 0 ? 1 : 0;
    Console.Error.WriteLine($"build.cs: {e.Message}");
}
if (tally.Total > 0 || tally.Failed > 0)
{
    WriteTimes();
    tally.WriteFailures(Console.Out);
    Console.WriteLine(tally);
}
return tally.Failed == 0 ? 0 : 1;

void Check()
{
    Build();
    // Packing compares the assemblies of a package, and with a released version once there is one.
    Step("Packages");
    Run("dotnet", "pack Pawl.slnx -c Release --no-build -o artifacts/packages");
    Step("Formatting");
    Run("dotnet", "tool restore");
    Run("dotnet", "csharpier check .");
    Step("Types and lint");
    if (!Directory.Exists("js/node_modules"))
        Run("npm", "ci --prefix js");
    Run("npm", "run check --prefix js");
}

void Build()
{
    Step("Build");
    Run("dotnet", "build Pawl.slnx -c Release");
}

// Leaves out browsers, databases, and the classes that pack, or wait in real time.
void Quick()
{
    string[] slow = ["GettingStartedTests", "PackageReadmeTests", "SupplyTests", "LearningEndingsTests"];
    var without = string.Join(' ', slow.Select(static name => $"--filter-not-class *{name}"));
    foreach (var (name, options) in new[] { ("Pawl.Tests", ""), ("Pawl.AspNetCore.Tests", without) })
    {
        var project = $"test/{name}/{name}.csproj";
        Run("dotnet", $"build {project} -c Release -p:RunAnalyzers=false");
        DotnetTest(project, options);
    }
    JavaScript();
}

void Test()
{
    NeedBrowsers();
    Need("curl", "curl");
    NeedStores();
    NeedVerifiers();
    NeedNativeCompiler();
    Check();
    foreach (var project in Directory.GetFiles("test", "*.Tests.csproj", SearchOption.AllDirectories).Order())
        DotnetTest(project);
    Replay();
    Fuzz(seconds: 16);
    JavaScript();
    EndToEnd();
}

void Prove()
{
    Environment.SetEnvironmentVariable("PAWL_PROVE", "1");
    NeedStores();
    NeedVerifiers();
    Build();
    foreach (var name in new[] { "Pawl.Tests", "Pawl.Stores.Tests", "Pawl.Differential.Tests" })
        DotnetTest($"test/{name}/{name}.csproj", "--output Detailed");
    DotnetTest("test/Pawl.Server.Tests/Pawl.Server.Tests.csproj", "--output Detailed --filter-class *FeedLagTests *FeedCutTests");
    Replay();
    Fuzz(seconds: 160);
}

// The same mutations of the same seeds each time, so that it can be part of every test run.
void Replay()
{
    Step("Fuzz");
    tally.Add(Run("dotnet", $"{Fuzzer} replay 100000", mayFail: true), FuzzFigures, maySkip: false);
}

void Fuzz(int seconds)
{
    Need("afl-fuzz", "afl++");
    if (!isCi && Which("afl-fuzz") is null)
    {
        Console.WriteLine("skipped: guided fuzzing needs AFL++");
        tally.Skipped++;
        return;
    }
    Run("dotnet", "build test/Fuzz -c Release");
    Run("dotnet", "tool restore");
    tally.Add(Run("dotnet", $"{Fuzzer} run artifacts/fuzz {seconds}", mayFail: true), FuzzFigures, maySkip: false);
}

// A few of them, for a moment, are part of every test run.
void Faults(int seconds)
{
    const string Project = "test/Pawl.Faults.Tests/Pawl.Faults.Tests.csproj";
    NeedStores();
    Need("/usr/bin/cc", "gcc libc6-dev");
    Run("dotnet", $"build {Project} -c Release");
    Environment.SetEnvironmentVariable("PAWL_FAULTS", $"{seconds}");
    DotnetTest(Project, "--output Detailed");
}

// Stryker's exit code says whether the score is at least what test/Pawl.Tests/stryker-config.json asks for.
void Mutate()
{
    Step("Mutate");
    Run("dotnet", "tool restore");
    Directory.SetCurrentDirectory(Path.Combine(root, "test/Pawl.Tests"));
    var run = Run("dotnet", "stryker -O ../../artifacts/mutation " + string.Join(' ', args.Skip(1)), mayFail: true);
    var files = JsonNode.Parse(File.ReadAllText("../../artifacts/mutation/reports/mutation-report.json"))!["files"]!.AsObject();
    var mutants = (
        from file in files
        from mutant in file.Value!["mutants"]!.AsArray()
        select (File: Path.GetRelativePath(Path.Combine(root, "src/Pawl"), file.Key), Status: (string)mutant!["status"]!, Mutant: mutant)
    ).ToList();
    foreach (var (file, status, mutant) in mutants.Where(m => !IsNoticed(m.Status)))
    {
        var replacement = ((string?)mutant["replacement"])?.ReplaceLineEndings(" ");
        Console.WriteLine($"{file}:{mutant["location"]!["start"]!["line"]} {status}: {mutant["mutatorName"]}: {replacement}");
    }
    foreach (var folder in mutants.GroupBy(m => Path.GetDirectoryName(m.File)).OrderBy(g => g.Key, StringComparer.Ordinal))
    {
        var noticed = folder.Count(m => m.Status is "Killed" or "Timeout");
        Console.WriteLine($"{folder.Key}: {noticed} noticed, {folder.Count(m => !IsNoticed(m.Status))} not");
    }
    if (run.ExitCode != 0)
        throw new BuildFailedException("the mutation score is too low, or Stryker failed: see above.");

    static bool IsNoticed(string status) => status is not ("Survived" or "NoCoverage");
}

void JavaScript()
{
    Step("js");
    Run("npm", "ci --prefix js");
    const string Figures = @"^[#ℹ] pass (?<passed>\d+)|^[#ℹ] fail (?<failed>\d+)|^[#ℹ] (skipped|todo) (?<skipped>\d+)";
    tally.Add(Run("npm", "test --prefix js", mayFail: true), Figures, maySkip: !isCi);
}

void EndToEnd()
{
    NeedBrowsers();
    Run("npm", "ci --prefix test/EndToEnd/Provider");
    if (target == "e2e")
    {
        Build();
        Run("npm", "ci --prefix js");
        Run("npm", "ci --prefix bench/clients");
        // Every scenario with every client, and the tables of bench/clients/RESULTS.md.
        Environment.SetEnvironmentVariable("PAWL_E2E", "others");
        DotnetTest("test/EndToEnd/EndToEnd.csproj", "--filter-class *Contest");
        Environment.SetEnvironmentVariable("PAWL_E2E", "all");
    }
    DotnetTest("test/EndToEnd/EndToEnd.csproj");
}

void Conformance()
{
    Environment.SetEnvironmentVariable("PAWL_CONFORMANCE", "write");
    const string Project = "test/Pawl.Conformance.Tests/Pawl.Conformance.Tests.csproj";
    Run("dotnet", $"build {Project} -c Release");
    DotnetTest(Project);
}

void Bench()
{
    NeedStores();
    Step("Benchmarks");
    Run("dotnet", "run --project bench/Runner -c Release -- " + string.Join(' ', args.Skip(1)));
}

void Growth()
{
    NeedStores();
    Step("Growth");
    Run("dotnet", "run --project bench/Growth -c Release -- " + string.Join(' ', args.Skip(1)));
}

void Pack()
{
    Step("Pack");
    Run("dotnet", "pack Pawl.slnx -c Release -o artifacts/packages");
    Run("npm", "ci --prefix js");
    Run("npm", "pack ./js --pack-destination artifacts/packages");
    Sbom();
}

// One file for each NuGet package. The npm package has no dependencies, which js/test checks.
void Sbom()
{
    Run("dotnet", "tool restore");
    Run("dotnet", "restore Pawl.slnx");
    var version = Regex.Match(File.ReadAllText("Directory.Build.props"), "<Version>(.+)</Version>").Groups[1].Value;
    // The server is no package, and the package of templates has no dependencies.
    foreach (var project in Directory.GetFiles("src", "*.csproj", SearchOption.AllDirectories).Order())
    {
        var name = Path.GetFileNameWithoutExtension(project);
        if (name is "Pawl.Server" or "Pawl.Templates" || Path.GetFileName(Path.GetDirectoryName(project)) != name)
            continue;
        Run(
            "dotnet",
            $"tool run dotnet-CycloneDX src/{name}/{name}.csproj --disable-package-restore --set-name {name} "
                + $"--set-version {version} --set-type Library "
                + $"--spec-version 1.6 --output-format Json --output artifacts/packages --filename {name}.cdx.json"
        );
    }
}

void DotnetTest(string project, string options = "")
{
    Step(Path.GetFileNameWithoutExtension(project));
    tally.Add(
        Run("dotnet", $"test --project {project} -c Release --no-build --no-progress {options}", mayFail: true),
        @"^\s*failed: (?<failed>\d+)|^\s*succeeded: (?<passed>\d+)|^\s*skipped: (?<skipped>\d+)",
        maySkip: !isCi
    );
}

// What test/EndToEnd drives, as Debian has them.
void NeedBrowsers()
{
    Need("chromium", "chromium");
    Need("firefox-esr", "firefox-esr");
    Need("faketime", "faketime");
}

// test/Pawl.Stores.Tests starts these servers itself, on ports and in folders of their own. Debian's own instance is not touched.
void NeedStores()
{
    Need("/usr/lib/postgresql", "postgresql");
    Need("/usr/sbin/pgbouncer", "pgbouncer");
    Need("/usr/bin/redis-server", "redis-server");
    Need("/usr/sbin/nginx", "nginx");
    Need("/usr/bin/caddy", "caddy");
}

// The other verifiers of test/Pawl.Differential.Tests; jose comes by npm from beside it.
void NeedVerifiers()
{
    Need("/usr/lib/python3/dist-packages/jwt", "python3-jwt python3-cryptography");
    Need("go", "golang-go");
    Need("/usr/share/gocode/src/github.com/golang-jwt/jwt", "golang-github-golang-jwt-jwt-dev");
}

// samples/Cli is compiled ahead of time.
void NeedNativeCompiler()
{
    Need("/usr/bin/clang", "clang");
    Need("/usr/include/zlib.h", "zlib1g-dev");
}

// Installs a program or a library that tests need, in CI and for root on Debian. Elsewhere the tests that need it say that they are
// skipped.
void Need(string name, string packages)
{
    if (Which(name) is not null)
        return;
    if (!isCi && !(Environment.UserName == "root" && Which("apt-get") is not null))
        return;
    Step($"Install {packages}");
    Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    Run("apt-get", "update -qq");
    Run("apt-get", $"install -y -qq --no-install-recommends {packages}");
}

// A program on the path, or whatever lies at an absolute path.
static string? Which(string name) =>
    (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(Path.Exists);

void Step(string name)
{
    Console.WriteLine($"\n=== {name}");
    steps.Add((name, Stopwatch.GetTimestamp()));
}

// What each part has taken, so that a slow one is seen before the whole run is too slow.
void WriteTimes()
{
    Console.WriteLine("\n=== Time");
    var ends = steps.Skip(1).Select(static step => step.StartedAt).Append(Stopwatch.GetTimestamp());
    foreach (var (step, end) in steps.Zip(ends))
        Console.WriteLine($"{Stopwatch.GetElapsedTime(step.StartedAt, end), 8:m\\:ss} {step.Name}");
}

static Result Run(string file, string arguments, bool mayFail = false)
{
    Console.WriteLine($"> {file} {arguments}");
    var start = new ProcessStartInfo(RuntimeInformation.IsOSPlatform(OSPlatform.Windows) && file == "npm" ? "npm.cmd" : file, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    };
    using var process = Process.Start(start) ?? throw new BuildFailedException($"{file} cannot be started.");
    process.StandardInput.Close();
    var lines = new List<string>();
    void Take(string? line, TextWriter to)
    {
        if (line is null)
            return;
        lock (lines)
        {
            lines.Add(line);
            to.WriteLine(line);
        }
    }
    process.OutputDataReceived += (_, e) => Take(e.Data, Console.Out);
    process.ErrorDataReceived += (_, e) => Take(e.Data, Console.Error);
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    process.WaitForExit();
    if (process.ExitCode != 0 && !mayFail)
        throw new BuildFailedException($"{file} {arguments} ended with exit code {process.ExitCode}.");
    return new Result($"{file} {arguments}", process.ExitCode, lines);
}

static string EntryPoint([System.Runtime.CompilerServices.CallerFilePath] string path = "") => path;

internal sealed record Result(string Command, int ExitCode, IReadOnlyList<string> Lines);

internal sealed class BuildFailedException(string message) : Exception(message);

/// <summary>
/// Counts what the test runners report. A runner that fails without a failed test, or that ran none, counts as a failure. In CI, so does a
/// test that is skipped because a program is missing that could be installed.
/// </summary>
internal sealed class Tally
{
    // No package installs these: vectors that are not in the repository, and what some containers forbid even to root.
    private static readonly string[] Excuses =
    [
        "The Wycheproof vectors are not here",
        "Only root on Linux can mount a disk",
        "This root may not mount a disk",
    ];

    // A failed test has a line of its own, and what it says is indented below: dotnet test, and node --test.
    private static readonly Regex FailedTest = new("^(failed |\\s*✖ (?!failing tests))");
    private const int MaxLinesOfFailure = 12;

    private readonly List<string> _failures = [];

    public int Passed { get; set; }
    public int Failed { get; set; }
    public int Skipped { get; set; }
    public int Total => Passed + Failed + Skipped;

    public void Add(Result result, string pattern, bool maySkip)
    {
        var before = (Passed, Failed, Skipped);
        foreach (var match in result.Lines.Select(line => Regex.Match(line, pattern)).Where(m => m.Success))
        {
            Passed += Count(match, "passed");
            Failed += Count(match, "failed");
            Skipped += Count(match, "skipped");
        }
        if (Failed == before.Failed && (result.ExitCode != 0 || Passed == before.Passed))
        {
            var passed = Passed - before.Passed;
            Fail($"build.cs: {result.Command} ended with exit code {result.ExitCode}, and {passed} tests passed.");
        }
        var missed = Skipped - before.Skipped - result.Lines.Count(line => Excuses.Any(line.Contains));
        if (missed > 0 && !maySkip)
            Fail($"build.cs: {result.Command} skipped {missed} tests: CI has to have what they need.");
        for (var i = 0; i < result.Lines.Count; i++)
        {
            if (!FailedTest.IsMatch(result.Lines[i]))
                continue;
            _failures.Add(result.Lines[i]);
            _failures.AddRange(result.Lines.Skip(i + 1).Take(MaxLinesOfFailure).TakeWhile(static line => line.StartsWith("  ")));
        }
    }

    /// <summary>Repeats what has failed, because the end of a long log is what a reader sees first.</summary>
    public void WriteFailures(TextWriter to)
    {
        if (_failures.Count > 0)
            to.WriteLine("\n=== Failures");
        foreach (var line in _failures)
            to.WriteLine(line);
    }

    private void Fail(string message)
    {
        Console.Error.WriteLine(message);
        _failures.Add(message);
        Failed++;
    }

    public override string ToString() => $"{Passed} passed, {Failed} failed" + (Skipped > 0 ? $", {Skipped} skipped" : "");

    private static int Count(Match match, string name) => match.Groups[name].Success ? int.Parse(match.Groups[name].Value) : 0;
}
