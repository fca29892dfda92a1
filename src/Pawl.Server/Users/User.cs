using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Pawl.Server;

/// <summary>Who signs in; the user name is the e-mail address.</summary>
internal sealed class User : IdentityUser
{
    /// <summary>Longer ones cannot be delivered to (RFC 5321, section 4.5.3.1.3).</summary>
    public const int LongestEmail = 254;

    /// <summary>Whether it can be an address. That it is one, only a message to it could show.</summary>
    public static bool IsEmail(string text) =>
        text.Length <= LongestEmail && text.IndexOf('@') is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1
        && !text.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c));
}

/// <summary>The users, where the sessions are; the tables are ASP.NET Core Identity's own.</summary>
internal class UserDatabase : IdentityDbContext<User>
{
    public UserDatabase(DbContextOptions<UserDatabase> options)
        : base(options)
    {
    }

    protected UserDatabase(DbContextOptions options)
        : base(options)
    {
    }
}

/// <summary>The same in PostgreSQL, whose types, and so migrations, are others.</summary>
internal sealed class PostgreSqlUserDatabase(DbContextOptions<PostgreSqlUserDatabase> options) : UserDatabase(options);
