using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Pawl.Testing;

/// <summary>The app of a test: its server in memory, and the services of its sessions.</summary>
internal sealed class TestedApp
{
    private const string SignInPath = "/pawl-testing-sign-in";

    private readonly TestServer _server;
    private readonly string _scheme;

    private TestedApp(TestServer server, WebApplicationFactoryClientOptions clientOptions)
    {
        (_server, ClientOptions) = (server, clientOptions);
        _scheme = Services.GetService<PawlScheme>()?.Name
            ?? throw new InvalidOperationException("The app has no Pawl sessions: write builder.Services.AddPawl() in it.");
        // The framework's default. The cookies of a session need https.
        Address = clientOptions.BaseAddress == new Uri("http://localhost") ? new Uri("https://localhost") : clientOptions.BaseAddress;
    }

    public WebApplicationFactoryClientOptions ClientOptions { get; }

    public Uri Address { get; }

    public IServiceProvider Services => _server.Services;

    public TimeProvider Clock => Services.GetRequiredService<TimeProvider>();

    public PawlOptions Options => Services.GetRequiredService<IOptionsMonitor<PawlOptions>>().Get(_scheme);

    public HttpMessageHandler CreateHandler() => _server.CreateHandler();

    /// <exception cref="InvalidOperationException">The app does not run in a <see cref="TestServer"/>, or has no sessions.</exception>
    public static TestedApp Of<TEntryPoint>(WebApplicationFactory<TEntryPoint> factory)
        where TEntryPoint : class
    {
        try
        {
            return new(factory.Server, factory.ClientOptions);
        }
        catch (NotSupportedException e)
        {
            throw new InvalidOperationException(
                "Sessions for tests are made in a TestServer: use a factory on which UseKestrel was not called.",
                e
            );
        }
    }

    /// <summary>
    /// Sends a request through the app's pipeline whose endpoint is chosen before: it signs the user in. The endpoint exists in this
    /// request only, so no request of a client can reach it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The app has refused the sign-in, or a middleware has answered it.</exception>
    public async Task SignInAsync(ClientTokens tokens, ClaimsPrincipal user, PawlSignInProperties properties)
    {
        var isReached = false;
        var endpoint = new Endpoint(
            context =>
            {
                isReached = true;
                return context.SignInAsync(_scheme, user, properties);
            },
            new EndpointMetadataCollection(new AllowAnonymousAttribute()),
            "Sign-in of a test"
        );
        var context = await _server.SendAsync(context =>
        {
            var request = context.Request;
            (request.Method, request.Path) = (HttpMethods.Post, SignInPath);
            (request.Scheme, request.Host) = (Address.Scheme, new HostString(Address.Authority));
            foreach (var (name, value) in ClientHeaders.Of(tokens.Transport, Address, isSafe: false, isNavigation: false))
                request.Headers[name] = value;
            context.SetEndpoint(endpoint);
        });
        var response = context.Response;
        using var reader = new StreamReader(response.Body);
        var body = await reader.ReadToEndAsync();
        if (response.StatusCode is not StatusCodes.Status200OK || !isReached)
            throw new InvalidOperationException(Describe(response, body, isReached));
        tokens.Cookies.Take(response.Headers.SetCookie.OfType<string>(), SignInPath);
        if (tokens.Transport is not SessionTransport.Cookie)
            TokenBody.TakeFrom(JsonDocument.Parse(body).RootElement, tokens);
        if (tokens.Transport is not SessionTransport.Body && tokens.Cookies.Find(Options.CookieNames.Session) is null)
            throw new InvalidOperationException("The app has removed the cookies of the sign-in from its response.");
    }

    private static string Describe(HttpResponse response, string body, bool isReached)
    {
        var problem = response.Headers[PawlDefaults.ProblemHeader].ToString();
        var answer = $"{response.StatusCode} {(problem.Length > 0 ? problem : body)}".Trim();
        return isReached
            ? $"The app has refused the sign-in: {answer}"
            : $"The app's pipeline has answered before the sign-in of the test was reached: {answer}";
    }
}
