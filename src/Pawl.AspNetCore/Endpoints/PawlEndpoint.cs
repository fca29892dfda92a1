using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

/// <summary>
/// The common rules of all endpoints: a failing store is 503, a wrong method is 405, bodies are small, and no response is cached.
/// </summary>
internal static class PawlEndpoint
{
    private const int MaxBodySize = 4096;

    // What the guard and the wrapper below may answer at every endpoint.
    private static readonly Problem[] Common = [Problem.AmbiguousCredentials, Problem.SessionSwitched, Problem.StoreUnavailable];

    /// <summary>Maps one method of a path, and every other method to 405.</summary>
    /// <param name="endpoints">Where to.</param>
    /// <param name="method">The method; HEAD is answered like GET.</param>
    /// <param name="path">The path.</param>
    /// <param name="handle">Answers the request.</param>
    /// <param name="description">What API descriptions say of the endpoint.</param>
    /// <param name="role">What other rooms treat differently there.</param>
    public static void Map(
        IEndpointRouteBuilder endpoints,
        string method,
        string path,
        Func<HttpContext, Task> handle,
        EndpointDescription description,
        EndpointRole? role = null
    )
    {
        void Add(IEndpointConventionBuilder endpoint, string name)
        {
            endpoint.AllowAnonymous().WithDisplayName(name);
            if (role is not null)
                endpoint.WithMetadata(role);
        }
        description.Refuses(Common);
        if (!CrossOriginCheck.IsSafe(method))
            description.Refuses(Problem.CsrfRejected);
        RequestDelegate run = context => RunAsync(context, handle);
        // API descriptions take only endpoints that name the method of their handler.
        Add(endpoints.MapMethods(path, [method], run).WithMetadata([handle.Method, .. description.ToMetadata()]), $"Pawl {method} {path}");
        // A request of another content type reaches the handler, too, which says what is wrong with it.
        if (description.HasBody)
            Add(endpoints.MapMethods(path, [method], run).ExcludeFromDescription(), $"Pawl {method} {path}");
        // A description would show HEAD as another operation of the same name.
        if (method == HttpMethods.Get)
            Add(endpoints.MapMethods(path, [HttpMethods.Head], run).ExcludeFromDescription(), $"Pawl HEAD {path}");
        Add(
            endpoints
                .Map(path, context =>
                {
                    context.Response.Headers.Allow = method;
                    return Problem.MethodNotAllowed.WriteAsync(context);
                })
                .ExcludeFromDescription(),
            $"Pawl {path}"
        );
    }

    public static PawlOptions Options(HttpContext context) => Service<IOptionsMonitor<PawlOptions>>(context).Get(Scheme(context));

    public static string Scheme(HttpContext context) => Service<PawlScheme>(context).Name;

    public static T Service<T>(HttpContext context)
        where T : notnull => context.RequestServices.GetRequiredService<T>();

    /// <summary>Refuses a request over plain http. Returns true if the response has been written.</summary>
    public static async Task<bool> RefusePlainHttpAsync(HttpContext context)
    {
        if (RequestFacts.IsSecure(context.Request))
            return false;
        var problem = Problem.HttpsRequired;
        Service<PawlMetrics>(context).RequestRejected(problem.Code);
        Service<LogSampler>(context).RequestRejected(Logger(context), problem.Code);
        await problem.WriteAsync(context);
        return true;
    }

    private static ILogger Logger(HttpContext context) => Service<ILoggerFactory>(context).CreateLogger("Pawl.AspNetCore.Endpoints");

    /// <summary>Reads a small body. Returns null if it is too large; the error response has then been written.</summary>
    public static async Task<ReadOnlyMemory<byte>?> ReadBodyAsync(HttpContext context)
    {
        var buffer = new byte[MaxBodySize + 1];
        var length = 0;
        while (
            length < buffer.Length
            && await context.Request.Body.ReadAsync(buffer.AsMemory(length), context.RequestAborted) is > 0 and var read
        )
            length += read;
        if (length <= MaxBodySize)
            return buffer.AsMemory(0, length);
        await Problem.TooLarge.WriteAsync(context);
        return null;
    }

    private static async Task RunAsync(HttpContext context, Func<HttpContext, Task> handle)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (Service<RequestGuard>(context).FindFault(context, Options(context)) is { } fault)
        {
            await fault.WriteAsync(context);
            return;
        }
        try
        {
            await handle(context);
        }
        catch (StoreUnavailableException e) when (!context.Response.HasStarted)
        {
            Service<LogSampler>(context).StoreUnavailable(Logger(context), e);
            await Problem.StoreUnavailable.WriteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection, so no response is needed.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await (e.StatusCode == StatusCodes.Status413PayloadTooLarge ? Problem.TooLarge : Problem.InvalidRequest).WriteAsync(context);
        }
    }
}
