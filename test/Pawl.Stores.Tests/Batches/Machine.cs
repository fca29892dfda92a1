namespace Pawl.Stores.Tests.Batches;

/// <summary>A caller or a worker: a program that the scheduler runs step by step.</summary>
internal sealed class Machine
{
    private IEnumerator<char>? _steps;

    /// <summary>The item of a caller; a worker has none.</summary>
    public int Item { get; init; } = -1;

    /// <summary>The items that it is serving.</summary>
    public List<int> Batch { get; } = [];

    public bool HasPlace { get; set; }

    public bool IsStuck { get; set; }

    public bool IsDone { get; private set; }

    /// <summary>The step that comes next.</summary>
    public char Next { get; private set; }

    public void Start(IEnumerable<char> steps)
    {
        _steps = steps.GetEnumerator();
        Step();
    }

    public void Step()
    {
        IsDone = !_steps!.MoveNext();
        Next = IsDone ? '.' : _steps.Current;
    }

    public override string ToString() =>
        IsStuck ? $"X{string.Join(',', Batch)}" : $"{Item}{Next}{(HasPlace ? "p" : "")}{string.Join(',', Batch)}";
}
