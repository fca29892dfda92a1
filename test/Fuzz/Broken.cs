namespace Pawl.Fuzz;

/// <summary>A property that an input breaks. Any exception that leaves a target counts as one, and this one says which.</summary>
internal sealed class BrokenException(string message) : Exception(message)
{
    public static void Unless(bool holds, string message)
    {
        if (!holds)
            throw new BrokenException(message);
    }
}
