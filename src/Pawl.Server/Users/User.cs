using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace Pawl.Server;

/// <summary>Who signs in; the user name is the e-mail address.</summary>
internal sealed class User : IdentityUser
{
    /// <summary>Longer ones cannot be delivered to (RFC 5321, section 4.5.3.1.3).</summary>
    public const int LongestEmail = 254;

    /// <summary>Whether a new account may have it as its address. Only a message to it could show that the address exists.</summary>
    public static bool IsEmail(string text) =>
        MayHaveEmail(text)
        && text.IndexOf('@') is > 0 and var at && at == text.LastIndexOf('@') && at < text.Length - 1
        && text.All(VisibleText.IsVisible)
        // The column holds the normalised form, which may be longer.
        && text.Normalize().Length <= LongestEmail;

    /// <summary>
    /// Whether any account may have it, even one made under an older rule: every database and the normalisation accept it.
    /// </summary>
    public static bool MayHaveEmail(string text) =>
        text.Length is > 0 and <= LongestEmail && !text.Any(static c => char.IsControl(c) || char.IsSurrogate(c) || c is '\uFFFE');
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
