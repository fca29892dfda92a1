namespace Pawl.AspNetCore;

/// <summary>The name of the one scheme that sessions are under.</summary>
internal sealed record PawlScheme(string Name);
