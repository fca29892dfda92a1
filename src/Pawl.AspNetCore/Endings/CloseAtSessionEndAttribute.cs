namespace Pawl.AspNetCore;

/// <summary>
/// The endpoint's responses take long, so each is closed when the session of its request ends, on every node. WebSockets, event streams
/// (<c>text/event-stream</c>), newline-delimited JSON, SignalR and gRPC are closed without it. Put it on an action, a controller or the
/// handler of an endpoint that streams in another format, or call <c>CloseAtSessionEnd</c> on the endpoint.
/// </summary>
/// <remarks>The client sees that the connection is cut, and <c>HttpContext.RequestAborted</c> is cancelled.</remarks>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class CloseAtSessionEndAttribute : Attribute;
