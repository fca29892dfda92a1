namespace Pawl.AspNetCore;

/// <summary>A service without which a call on <see cref="PawlBuilder"/> cannot work, and the line to write.</summary>
internal sealed record RequiredService(Type Type, string Remedy);
