using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd.Scenarios;

/// <summary>A request that is made again has the body that it had. (Streams go over HTTP/2 only: js/test/bodies.test.js.)</summary>
internal sealed class RepeatedBodies : Scenario
{
    private const string Echo = "/api/echo";

    public override string Id => "S10";

    public override string What =>
        "POST of a text, a form, a Blob, multipart data and (fetch only) a Request, each refused once; one that arrives empty or "
        + "not at all has failed";

    public override IReadOnlyList<int> Tabs => [1];

    internal override bool MayBeRefused => true;

    internal override async Task RunAsync(Trial trial)
    {
        trial.Proxy.On(Echo, Faults.Echo);
        foreach (
            var (make, begins) in new[]
            {
                ("'x'.repeat(5000)", "5000 xxxxxxxxxxxx"),
                ("new URLSearchParams({ name: 'value' })", "10 name=value"),
                ("new Blob(['b'.repeat(700)])", "700 bbbbbbbbbbbb"),
                ("(() => { const form = new FormData(); form.append('file', new Blob(['f'.repeat(9)]), 'a.txt'); return form; })()", ""),
                ($"new Request('{Echo}', {{ method: 'POST', body: 'r'.repeat(300) }})", "300 rrrrrrrrrrrr"),
            }
        )
        {
            var isRequest = make.StartsWith("new Request", StringComparison.Ordinal);
            if (isRequest && !trial.Subject.TakesRequests)
                continue;
            var call = isRequest ? $"call({make})" : $"call('{Echo}', {{ method: 'POST', body: {make} }})";
            await trial.SpoilAsync();
            var reply = await trial.First.RunAsync<Reply>(
                $$"""
                () => Promise.race([
                  {{call}},
                  new Promise((go) => setTimeout(go, 25_000, { status: -1, body: '', error: 'hangs' })),
                ])
                """
            );
            trial.Count([reply], good: r =>
                r.Status == 200 && !r.Body.StartsWith("0 ", StringComparison.Ordinal) && r.Body.StartsWith(begins, StringComparison.Ordinal)
            );
        }
    }
}
