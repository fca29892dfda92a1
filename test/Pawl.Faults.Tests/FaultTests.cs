using Xunit.Sdk;
using Xunit.v3;

// Each has nodes and a store of its own: side by side they would only wait for each other.
[assembly: Parallelization(Mode = ParallelMode.None)]

namespace Pawl.Faults.Tests;

/// <summary>
/// Three nodes of the real server under load, and something goes wrong. Whatever it is: it signs nobody out, lets nobody in whose session
/// had ended, leaves one chain of tokens for each session, and every request is answered, if need be with 503. A few of them for a
/// moment; all of them with <c>./build.cs faults</c>.
/// </summary>
public sealed class FaultTests(Results results)
{
    public static TheoryData<int, string> Tried => Roster.Tried;

    [Requirement("RT-08", "RT-15", "RT-17", "SES-02", "SES-08", "OPS-06")]
    [Theory]
    [MemberData(nameof(Tried))]
    public async Task Whatever_goes_wrong_nobody_is_signed_out_and_nobody_back_in(int number, string what)
    {
        var fault = Roster.All[number];
        Assert.SkipWhen(Roster.WhyNot(fault) is not null, Roster.WhyNot(fault) ?? what);
        var row = await Trial.RunAsync(fault, Roster.Time, Roster.Clients, TestContext.Current.CancellationToken);
        results.Add(row);
        TestContext.Current.TestOutputHelper?.WriteLine(Table.Describe([row]));
        Assert.True(row.Holds, $"{what}\n{row.Describe()}");
    }
}
