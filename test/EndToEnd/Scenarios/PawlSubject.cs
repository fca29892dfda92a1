using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>Pawl's own client before the real server: <c>session.fetch</c>, or axios in the session's name.</summary>
internal sealed class PawlSubject(bool axios) : Subject
{
    private const string AxiosPath = "/e2e/axios.js";

    private const string Contract = """
        async () => {
          await (SCRIPT)();
          window.client = {
            signIn: async (user) => { if (!(await session.signIn('login', user)).ok) throw new Error('not signed in'); },
            signOut: () => session.signOut(),
            isSignedIn: () => session.state.status == 'signed-in',
            signOuts: () => told.filter(([type]) => type == 'signedout').length,
          };
          AXIOS
        }
        """;

    private const string UseAxios = """
        const { default: axios } = await import('/e2e/axios.js');
        const { attach } = await import('/auth/client/axios.js');
        const api = attach(axios.create({ validateStatus: null, responseType: 'text', transformResponse: (text) => text }), session);
        window.call = (url, { method = 'GET', body, headers } = {}) =>
          api.request({ url, method, data: body, headers }).then(
            ({ status, data }) => ({ status, body: data }),
            (error) => ({ status: 0, body: '', error: error.code || `${error}` }),
          );
        """;

    public override string Name => axios ? "Pawl, axios" : "Pawl, fetch";

    public override bool IsOurs => true;

    internal override bool TakesRequests => !axios;

    internal override string Script =>
        Contract.Replace("SCRIPT", Tab.Script, StringComparison.Ordinal).Replace("AXIOS", axios ? UseAxios : "", StringComparison.Ordinal);

    internal override ServerProgram Server(Pace pace) =>
        pace switch
        {
            Pace.Quick => ServerSettings.Quick with { RefreshesPerMinute = 60_000 },
            Pace.Settling => ServerSettings.Settling with { RefreshesPerMinute = 60_000 },
            _ => ServerSettings.Default with { RefreshesPerMinute = 60_000 },
        };

    internal override async Task PrepareAsync(Visitor visitor)
    {
        if (axios)
            visitor.Proxy.AddPage(
                AxiosPath,
                await File.ReadAllTextAsync(Repository.File("js/node_modules/axios/dist/esm/axios.js")),
                contentType: "text/javascript"
            );
    }

    internal override Task RegisterAsync(Tab tab, User user) => tab.RegisterAsync(user);

    internal override Task LapseAsync(Visitor visitor, Tab tab) => tab.LapseAsync();

    internal override Task SpoilAsync(Visitor visitor, Tab tab) => visitor.LoseCookieAsync(CookieNames.Access);

    internal override async Task SignOutByPageAsync(Tab plain) =>
        Assert.Equal(
            204,
            await plain.RunAsync<int>(
                "async () => (await fetch('/auth/logout', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: "
                    + "'{}' })).status"
            )
        );
}
