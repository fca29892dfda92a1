using System.Security.Claims;
using Microsoft.AspNetCore.Identity;

namespace Herbarium;

/// <summary>Those who may sign in. A real app has them in a database.</summary>
public sealed class Members
{
    private static readonly string[] s_names = ["ada", "ben", ""];
    private readonly PasswordHasher<string> _hasher = new();
    private readonly Dictionary<string, string> _hashes;

    public Members() => _hashes = s_names.ToDictionary(name => name, name => _hasher.HashPassword(name, $"{name}-likes-ferns"));

    /// <summary>The member; null if the password is wrong, which takes as long for a name that does not exist.</summary>
    public ClaimsPrincipal? Find(string? name, string? password)
    {
        var known = name is not null && _hashes.ContainsKey(name) ? name : "";
        if (_hasher.VerifyHashedPassword(known, _hashes[known], password ?? "") == PasswordVerificationResult.Failed || known == "")
            return null;
        var claims = new List<Claim> { new(ClaimTypes.NameIdentifier, known) };
        if (known == "ada")
            claims.Add(new(ClaimTypes.Role, "curator"));
        return new ClaimsPrincipal(new ClaimsIdentity(claims, "password"));
    }
}
