namespace Pawl.Bench.Peers;

/// <summary>What every measured server has in common, so that none of them differs by accident.</summary>
internal static class BenchServer
{
    /// <summary>
    /// A builder that logs warnings only: a line for each request or SQL statement would be measured as the peer's own work.
    /// </summary>
    public static WebApplicationBuilder Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddSimpleConsole();
        return builder;
    }

    /// <summary>The connection string of a new database in the folder given by <c>--data</c>.</summary>
    public static string ConnectionString(this WebApplicationBuilder builder)
    {
        var folder = builder.Configuration["data"] ?? throw new InvalidOperationException("Say where the database goes: --data <folder>");
        return $"Data Source={Path.Combine(Directory.CreateDirectory(folder).FullName, "bench.db")}";
    }
}
