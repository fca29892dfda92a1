namespace Pawl.Fuzz;

/// <summary>Something that is fed bytes of an attacker's choice.</summary>
/// <param name="Name">What it is called on the command line, and its folder of seeds.</param>
/// <param name="Run">Throws if a property does not hold.</param>
/// <param name="Prepare">Makes of the bytes what <paramref name="Run"/> is given, where that is not to be counted among its
/// allocations.</param>
/// <param name="AllocatedAtMost">How many bytes <paramref name="Run"/> may allocate for an input of so many bytes.</param>
internal sealed record Target(string Name, Func<byte[], object> Prepare, Action<object> Run, Func<int, long> AllocatedAtMost)
{
    public static IReadOnlyList<Target> All { get; } =
    [
        TokenTargets.Access,
        TokenTargets.Signed,
        TokenTargets.Refresh,
        TokenTargets.Ticket,
        TokenTargets.Spelling,
        RequestTargets.Cookies,
        RequestTargets.Scope,
        RequestTargets.Form,
        RequestTargets.Account,
        TextTargets.Text,
    ];

    public void Check(byte[] input)
    {
        var prepared = Prepare(input);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(prepared);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        var allowed = AllocatedAtMost(input.Length);
        BrokenException.Unless(
            allocated <= allowed,
            $"{allocated} bytes were allocated for an input of {input.Length}; {allowed} are allowed."
        );
    }
}
