using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Pawl.Server;

/// <summary>What EF Core makes of a database that fails.</summary>
internal static class UserFaults
{
    /// <summary>The fault of the database, if that is what it is; else null. Npgsql's provider hides those that may pass in an exception that says how to retry.</summary>
    public static Exception? Find(Exception e) => e switch
    {
        DbException or TimeoutException => e,
        DbUpdateException or InvalidOperationException => e.InnerException is { } inner ? Find(inner) : null,
        _ => null,
    };
}
