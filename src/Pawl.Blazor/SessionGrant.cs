namespace Pawl.Blazor;

/// <summary>What a request carries: the session that it is for, or an access token. Empty strings if there is none.</summary>
internal sealed record SessionGrant(string Sid, string Generation, string Token);
