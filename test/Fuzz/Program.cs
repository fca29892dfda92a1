using System.Globalization;
using Pawl.Fuzz;
using SharpFuzz;

// Fuzz run FOLDER SECONDS   afl-fuzz on every target in turn, coverage-guided; what it finds stays in the folder
// Fuzz replay COUNT         every seed, and COUNT mutations of them for each target by a fixed random sequence: guided by nothing
// Fuzz check TARGET FILE    one input
// Fuzz afl TARGET           what afl-fuzz runs
switch (args)
{
    case ["afl", var name]:
        // Instrumented code may run only in here, static fields included.
        Target? target = null;
        Fuzzer.OutOfProcess.Run(stream =>
        {
            target ??= Replay.WarmUp(Target.All.Single(t => t.Name == name));
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Check(input.ToArray());
        });
        return 0;
    case ["run", var folder, var seconds]:
        return Guided.Run(folder, int.Parse(seconds, CultureInfo.InvariantCulture));
    case ["replay", var count]:
        return Replay.Run(int.Parse(count, CultureInfo.InvariantCulture));
    case ["check", var name, var file]:
        Replay.WarmUp(Target.All.Single(t => t.Name == name)).Check(File.ReadAllBytes(file));
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: Fuzz run FOLDER SECONDS | replay COUNT | check TARGET FILE; targets: "
                + string.Join(' ', Target.All.Select(static t => t.Name))
        );
        return 2;
}
