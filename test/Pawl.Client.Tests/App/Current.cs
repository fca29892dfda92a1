namespace Pawl.Client.Tests;

/// <summary>What a call of a test takes, so that it ends with the test.</summary>
internal static class Current
{
    public static CancellationToken Stop => TestContext.Current.CancellationToken;
}
