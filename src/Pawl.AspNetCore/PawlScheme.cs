namespace Pawl.AspNetCore;

/// <summary>The name of the one authentication scheme of the sessions.</summary>
internal sealed record PawlScheme(string Name);
