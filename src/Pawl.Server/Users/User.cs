using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Pawl.Server;

/// <summary>A user of the server. The user name is the e-mail address.</summary>
internal sealed class User : IdentityUser
{
    /// <summary>Mail cannot be delivered to a longer address (RFC 5321, section 4.5.3.1.3).</summary>
    public const int MaxEmailLength = 254;

    // A lock-out against guessing lasts minutes. An administrator's lock-out lasts for ever.
    private static readonly TimeSpan ForEver = TimeSpan.FromDays(3650);

    /// <summary>Whether an administrator has disabled the account.</summary>
    public bool IsDisabled(DateTimeOffset now) => LockoutEnd - now > ForEver;

    /// <summary>Whether a new account may have this address. Only a message to it could show that it exists.</summary>
    public static bool IsEmail(string text) =>
        MayHaveEmail(text)
        && text.IndexOf('@') is > 0 and var at
        && at == text.LastIndexOf('@')
        && at < text.Length - 1
        && text.All(VisibleText.IsVisible)
        // The column stores the normalized form, which may be longer.
        && text.Normalize().Length <= MaxEmailLength;

    /// <summary>
    /// Whether any account may have this address, even one that was created under an older rule. Every database and the normalization
    /// accept it.
    /// </summary>
    public static bool MayHaveEmail(string text) =>
        text.Length is > 0 and <= MaxEmailLength && !text.Any(static c => char.IsControl(c) || char.IsSurrogate(c) || c is '\uFFFE');
}

/// <summary>The database of users, which also holds the sessions. The tables are those of ASP.NET Core Identity.</summary>
internal class UserDatabase : IdentityDbContext<User>
{
    public UserDatabase(DbContextOptions<UserDatabase> options)
        : base(options) { }

    protected UserDatabase(DbContextOptions options)
        : base(options) { }
}

/// <summary>The same database in PostgreSQL. Its types differ, so it has its own migrations.</summary>
internal sealed class PostgreSqlUserDatabase(DbContextOptions<PostgreSqlUserDatabase> options) : UserDatabase(options);
