namespace Pawl.AspNetCore;

/// <summary>A service that a call on <see cref="PawlBuilder"/> needs, and the line that adds it.</summary>
internal sealed record RequiredService(Type Type, string Remedy);
