using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app's own endpoints take session ids as parameters and put them into JSON.</summary>
public sealed class SessionIdParameterTests
{
    [Fact]
    public async Task An_endpoint_binds_a_session_id_and_answers_with_it_as_text()
    {
        await using var app = await TestApp.StartAsync(map: a =>
            a.MapGet("/admin/sessions/{id}", (SessionId id) => Results.Ok(new { id }))
        );
        using var client = app.Server.CreateClient();
        var answer = await client.GetStringAsync("/admin/sessions/MDEyMzQ1Njc4OWFiY2RlZg", TestContext.Current.CancellationToken);
        Assert.Equal("""{"id":"MDEyMzQ1Njc4OWFiY2RlZg"}""", answer);

        using var refused = await client.GetAsync("/admin/sessions/MDEyMzQ1Njc4OWFiY2RlZh", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }
}
