using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Pawl.Server;

/// <summary>Recognizes the exceptions of EF Core for a failing database.</summary>
internal static class UserFaults
{
    /// <summary>
    /// The database's exception; null for any other exception. Npgsql's provider wraps transient exceptions in one that explains how to
    /// retry.
    /// </summary>
    public static Exception? Find(Exception e) =>
        e switch
        {
            DbException or TimeoutException => e,
            DbUpdateException or InvalidOperationException => e.InnerException is { } inner ? Find(inner) : null,
            _ => null,
        };
}
