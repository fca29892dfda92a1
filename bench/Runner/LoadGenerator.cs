using Pawl.Bench.Load;

namespace Pawl.Bench.Runner;

/// <summary>The load generator's process, for a whole contest: a slot in, a result out.</summary>
internal sealed class LoadGenerator(string artifacts, string folder, int? cpu) : IDisposable
{
    private readonly ChildProcess process = new(Builds.Command(artifacts, "Load"), folder, cpu);

    public async Task<SlotResult> RunAsync(Slot slot)
    {
        await process.Input.WriteLineAsync(Lines.Write(slot));
        await process.Input.FlushAsync();
        var line = await process.Output.ReadLineAsync();
        return Lines.Read<SlotResult>(
            line ?? throw new InvalidOperationException($"The load generator gave up on {slot.Subject}; see above.")
        );
    }

    public void Dispose() => process.Dispose();
}
