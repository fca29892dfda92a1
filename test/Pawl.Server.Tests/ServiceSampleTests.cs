using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Pawl.Server.Tests;

/// <summary>
/// samples/service in Node, Python and Go: each accepts the server's access tokens by the public keys, follows new keys and endings while
/// it runs, and refuses or accepts tokens while the server does not answer, as it was told. They run side by side, which costs less time.
/// </summary>
public sealed class ServiceSampleTests
{
    private const string Ada = "ada@example.com";

    // Short, so that a test need not wait for a minute.
    private static readonly (string, string) Silence = ("PAWL_SILENCE", "3");

    [Requirement("SES-15", "HTTP-13")]
    [Fact]
    public async Task Services_in_other_languages_go_by_keys_and_endings_while_they_run()
    {
        var languages = await ServiceLanguage.FindAllAsync();
        using var folder = new TemporaryFolder();
        (string, string)[] settings = [("Pawl__ServiceClients__sample", Nodes.Secret)];
        await using var server = await ServerProcess.StartAsync(folder.FullName, settings);
        using var door = new TcpDoor(server.Address.Port);
        using (var ada = server.From())
            await ada.RegisterAsync(Ada);
        using var earlier = await Device.SignInAsync(server, Ada);
        var ended = earlier.AccessToken;
        await earlier.Client.PostAsync("/auth/logout");
        using var first = await Device.SignInAsync(server, Ada);
        using var second = await Device.SignInAsync(server, Ada);
        var (firsts, seconds) = (first.AccessToken, second.AccessToken);

        using var services = await Services.StartAsync(languages, door.Port);
        await services.EachAsync(service => AssertJudgesAsync(service, firsts, seconds, ended));
        await services.Others.EachAsync(async service => Assert.Equal((401, "access_token_invalid"), await service.AskAsync(seconds)));

        await first.Client.PostAsync("/auth/logout");
        await services.EachAsync(service => service.UntilAsync(firsts, 401, "session_ended"));
        await services.EachAsync(async service => Assert.Equal(200, (await service.AskAsync(seconds)).Status));

        door.Shut();
        await services.Closed.EachAsync(service => service.UntilAsync(seconds, 503, "store_unavailable"));
        await services.Open.EachAsync(async service => Assert.Equal(200, (await service.AskAsync(seconds)).Status));
        await services.EachAsync(async service => Assert.Equal((401, "session_ended"), await service.AskAsync(firsts)));
        door.Open();
        await services.EachAsync(service => service.UntilAsync(seconds, 200));

        // A second node with a new key, which is behind the same address from now on.
        Assert.Equal(0, (await server.RunAsync("keys", "revoke", FindKeyId(seconds))).ExitCode);
        await using var next = await ServerProcess.StartAsync(
            folder.FullName,
            [.. settings, ("Pawl__AccessTokenLifetime", "00:00:06"), ("Pawl__SettlePeriod", "00:00:01")]
        );
        door.Target = next.Address.Port;
        door.Open();
        using var third = await Device.SignInAsync(next, Ada);
        var thirds = third.AccessToken;
        await services.EachAsync(service => service.UntilAsync(thirds, 200));
        await services.EachAsync(service => service.UntilAsync(seconds, 401, "access_token_invalid"));
        await services.EachAsync(service => service.UntilAsync(thirds, 401, "access_token_expired"));
        SkipIfAnyIsMissing(languages);
    }

    [Requirement("SES-15")]
    [Fact]
    public async Task They_do_not_start_where_they_are_not_known()
    {
        var languages = await ServiceLanguage.FindAllAsync();
        await using var server = await ServerProcess.StartAsync(("Pawl__ServiceClients__sample", Nodes.Secret));
        foreach (var language in languages.Where(static language => language.Missing is null))
            await Assert.ThrowsAsync<InvalidOperationException>(() =>
                ServiceProcess.StartAsync(language.Start(server.Address, Nodes.Secret[1..] + "x"))
            );
        SkipIfAnyIsMissing(languages);
    }

    private static async Task AssertJudgesAsync(ServiceProcess service, string first, string second, string ended)
    {
        Assert.Equal((401, "authentication_required"), await service.AskAsync(null));
        Assert.Equal(200, (await service.AskAsync(first)).Status);
        Assert.Equal(200, (await service.AskAsync(second)).Status);
        Assert.Equal((401, "session_ended"), await service.AskAsync(ended));
        var parts = first.Split('.');
        var header = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0]));
        string[] forged =
        [
            "x",
            "..",
            first[..^6] + "AAAAAA",
            $"{parts[0]}.{second.Split('.')[1]}.{parts[2]}",
            $"{Encode("""{"alg":"none","typ":"at+jwt"}""")}.{parts[1]}.",
            $"{Encode(header.Replace("ES256", "HS256", StringComparison.Ordinal))}.{parts[1]}.{parts[2]}",
            $"{Encode("""{"alg":"ES256","kid":"../../etc/passwd","typ":"at+jwt"}""")}.{parts[1]}.{parts[2]}",
            $"{Encode("""{"alg":"ES256","kid":7,"typ":"at+jwt"}""")}.{parts[1]}.{parts[2]}",
        ];
        foreach (var token in forged)
            Assert.Equal((401, "access_token_invalid"), await service.AskAsync(token));
    }

    // Skipped at the end, so that the samples whose tools are here are tested.
    private static void SkipIfAnyIsMissing(IReadOnlyList<ServiceLanguage> languages)
    {
        var missing = string.Join(' ', languages.Select(static language => language.Missing).OfType<string>());
        Assert.SkipWhen(missing.Length > 0, missing);
    }

    private static string FindKeyId(string token)
    {
        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[0]));
        return header.RootElement.GetProperty("kid").GetString()!;
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>The services of all languages, of each kind one.</summary>
    private sealed class Services : IDisposable
    {
        /// <summary>They refuse tokens while the server does not answer.</summary>
        public required IReadOnlyList<ServiceProcess> Closed { get; init; }

        /// <summary>They accept tokens while the server does not answer.</summary>
        public required IReadOnlyList<ServiceProcess> Open { get; init; }

        /// <summary>They expect another issuer, or another audience.</summary>
        public required IReadOnlyList<ServiceProcess> Others { get; init; }

        public static async Task<Services> StartAsync(IReadOnlyList<ServiceLanguage> languages, int port)
        {
            const string other = "https://other.example";
            return new()
            {
                Closed = await StartEachAsync(Silence),
                Open = await StartEachAsync(Silence, ("PAWL_FAIL_OPEN", "1")),
                Others =
                [
                    .. await StartEachAsync(("PAWL_AUDIENCE", other)),
                    .. await StartEachAsync(("PAWL_ISSUER", other), ("PAWL_AUDIENCE", "urn:pawl")),
                ],
            };

            async Task<ServiceProcess[]> StartEachAsync(params (string, string)[] settings) =>
                await Task.WhenAll(
                    languages
                        .Where(static language => language.Missing is null)
                        .Select(language =>
                            ServiceProcess.StartAsync(language.Start(new Uri($"http://127.0.0.1:{port}"), Nodes.Secret, settings))
                        )
                );
        }

        public Task EachAsync(Func<ServiceProcess, Task> action) => Closed.Concat(Open).EachAsync(action);

        public void Dispose()
        {
            foreach (var service in Closed.Concat(Open).Concat(Others))
                service.Dispose();
        }
    }
}
