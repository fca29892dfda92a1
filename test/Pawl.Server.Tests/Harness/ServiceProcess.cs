using System.Diagnostics;

namespace Pawl.Server.Tests;

/// <summary>A sample service, as a program of its own.</summary>
internal sealed class ServiceProcess : IDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private ServiceProcess(Process process, Uri address) => (_process, _http) = (process, new HttpClient { BaseAddress = address });

    public static async Task<ServiceProcess> StartAsync(Process process)
    {
        var errors = new List<string>();
        process.ErrorDataReceived += (_, e) => errors.Add(e.Data ?? "");
        process.BeginErrorReadLine();
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        if (line is not null)
            return new(process, new Uri(line.Split("listening on ")[1]));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.Dispose();
        throw new InvalidOperationException(string.Join('\n', errors));
    }

    /// <summary>The status, and the code or the user.</summary>
    public async Task<(int Status, string Body)> AskAsync(string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        // The headers that clients of Pawl go by.
        Assert.Equal(
            response.IsSuccessStatusCode ? null : body,
            response.Headers.TryGetValues("Pawl-Problem", out var codes) ? codes.Single() : null
        );
        Assert.Equal((int)response.StatusCode == 401, response.Headers.WwwAuthenticate.Count == 1);
        return ((int)response.StatusCode, body);
    }

    public Task UntilAsync(string? token, int status, string? code = null) =>
        Eventually.TrueAsync(
            () => AskAsync(token),
            answer => answer.Status == status && (code is null || answer.Body == code),
            $"The service has not come to answer {status} {code}."
        );

    public void Dispose()
    {
        _http.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}

internal static class ServiceProcesses
{
    /// <summary>Asks all of them at once.</summary>
    public static Task EachAsync(this IEnumerable<ServiceProcess> services, Func<ServiceProcess, Task> action) =>
        Task.WhenAll(services.Select(action));
}
