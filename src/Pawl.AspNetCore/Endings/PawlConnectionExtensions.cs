using Pawl.AspNetCore;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Connections that are closed with their session.</summary>
public static class PawlConnectionExtensions
{
    /// <summary>
    /// The endpoint's responses take long, so each is closed when the session of its request ends, as
    /// <see cref="CloseAtSessionEndAttribute"/> says.
    /// </summary>
    /// <param name="builder">The endpoint.</param>
    /// <example>
    /// <code>
    /// app.MapGet("/export", async (HttpContext context) =>
    /// {
    ///     while (true)
    ///         await context.Response.WriteAsync("a row\n", context.RequestAborted);
    /// }).RequireAuthorization().CloseAtSessionEnd();
    /// </code>
    /// </example>
    public static TBuilder CloseAtSessionEnd<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new CloseAtSessionEndAttribute());
}
