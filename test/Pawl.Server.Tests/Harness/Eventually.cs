using System.Diagnostics;

namespace Pawl.Server.Tests;

/// <summary>Waits for what happens in the background. The limit is generous, and only a failing test reaches it.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(watch.Elapsed < Limit, $"After {Limit}: {what}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }
}
