namespace Pawl.Fuzz;

/// <summary>
/// Every seed, and mutations of them by a fixed random sequence: the same inputs in every run, guided by nothing. It finds what is broken
/// near the seeds; afl-fuzz is the one that looks for new ways.
/// </summary>
internal static class Replay
{
    private static readonly byte[] Interesting = [0, 1, 0x7f, 0x80, 0xc0, 0xe2, 0xff, .. "\"\\{}[]:,.=&%;-_+/ \t\r\nAz09eE"u8];

    // No input of these sizes takes a millisecond, so one that takes this long hangs, on any machine.
    private const int LongestMilliseconds = 20_000;

    private sealed record Attempt(Target Target, byte[] Input, long Since);

    private static volatile Attempt? s_current;

    public static int Run(int mutations)
    {
        using var watchdog = new Timer(
            static _ =>
            {
                if (s_current is { } current && Environment.TickCount64 - current.Since > LongestMilliseconds)
                    Environment.FailFast($"{current.Target.Name} hangs: {Convert.ToBase64String(current.Input)}");
            },
            null,
            LongestMilliseconds,
            LongestMilliseconds
        );
        var brokenTargets = 0;
        foreach (var target in Target.All)
        {
            var broken = 0;
            var seeds = Seeds.Of(target);
            var random = new Random(20261123);
            WarmUp(target);
            foreach (var seed in seeds)
                broken += Try(target, seed);
            for (var i = 0; i < mutations; i++)
                broken += Try(target, Mutate(seeds[random.Next(seeds.Count)], seeds[random.Next(seeds.Count)], random));
            brokenTargets += broken > 0 ? 1 : 0;
            Console.WriteLine($"{target.Name, -9} {seeds.Count} seeds and {mutations:N0} mutations of them; {broken} broke a property");
        }
        Console.WriteLine($"{Target.All.Count - brokenTargets} targets held, {brokenTargets} broken");
        return brokenTargets == 0 ? 0 : 1;
    }

    /// <summary>For what is only done once, and allocates for it: static fields, code that is compiled.</summary>
    public static Target WarmUp(Target target)
    {
        foreach (var seed in Seeds.Of(target))
            Try(target, seed, quiet: true);
        return target;
    }

    private static int Try(Target target, byte[] input, bool quiet = false)
    {
        try
        {
            s_current = new(target, input, Environment.TickCount64);
            target.Check(input);
            return 0;
        }
        catch (Exception) when (quiet)
        {
            return 0;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(
                $"{target.Name}: {e.GetType().Name}: {e.Message}\n  input (base64): {Convert.ToBase64String(input)}\n{e.StackTrace}"
            );
            return 1;
        }
    }

    private static byte[] Mutate(byte[] seed, byte[] other, Random random)
    {
        List<byte> bytes = [.. seed];
        for (var changes = random.Next(1, 6); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var length = Math.Min(random.Next(1, 16), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = Interesting[random.Next(Interesting.Length)];
                    break;
                case 2:
                    bytes.Insert(at, Interesting[random.Next(Interesting.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    var from = random.Next(other.Length + 1);
                    bytes.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(64))]);
                    break;
                case 6 when random.Next(20) == 0:
                    bytes.InsertRange(at, Enumerable.Repeat(Interesting[random.Next(Interesting.Length)], random.Next(1, 9000)));
                    break;
            }
        }
        return [.. bytes];
    }
}
