namespace Pawl;

/// <summary>The connection string that an app hands to a store: most often read from its configuration, which may not have it.</summary>
internal static class GivenConnectionString
{
    /// <param name="connectionString">What was given.</param>
    /// <param name="call">The app's call.</param>
    /// <param name="example">A connection string of this store.</param>
    /// <exception cref="ArgumentException">It is null, empty or white space.</exception>
    public static void ThrowIfMissing(string? connectionString, string call, string example)
    {
        var remedy = $"does the configuration have it, as ConnectionStrings:Sessions? Write for example {call}(\"{example}\").";
        if (connectionString is null)
            throw new ArgumentNullException(nameof(connectionString), $"{call} was given null for its connection string; {remedy}");
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new ArgumentException($"{call} was given an empty connection string; {remedy}", nameof(connectionString));
    }
}
