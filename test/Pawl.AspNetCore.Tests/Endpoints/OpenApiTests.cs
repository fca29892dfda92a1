using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app's OpenAPI document describes Pawl's endpoints as it describes those of the app.</summary>
public sealed class OpenApiTests
{
    // For each endpoint: what it takes, its successful response with a member of the body, and two codes of its errors.
    public static TheoryData<string, string, string?, string, string?, string[]> Endpoints =>
        new()
        {
            {
                "post",
                "/auth/refresh",
                null,
                "200 application/json",
                "session_expires_in",
                ["401 refresh_token_invalid", "403 csrf_rejected"]
            },
            {
                "post",
                "/auth/device",
                null,
                "200 application/json",
                "session_identifier",
                ["400 invalid_device_proof", "403 device_key_differs"]
            },
            {
                "post",
                "/auth/device/refresh",
                null,
                "200 application/json",
                "continue",
                ["403 device_proof_required", "503 store_unavailable"]
            },
            { "get", "/auth/fresh", null, "204", null, ["503 device_proof_delayed"] },
            { "post", "/auth/logout", "application/json scope", "204", null, ["400 invalid_request", "401 session_ended"] },
            { "get", "/auth/session", null, "200 application/json", "active", ["409 session_switched"] },
            { "get", "/auth/sessions", "limit cursor", "200 application/json", "sessions", ["400 invalid_request", "401 session_ended"] },
            { "delete", "/auth/sessions/{sid}", "sid", "204", null, ["401 session_ended", "404 not_found"] },
            {
                "post",
                "/auth/token",
                "application/x-www-form-urlencoded grant_type",
                "200 application/json",
                "refresh_token",
                ["400 refresh_token_invalid", "403 browser_refused"]
            },
            {
                "post",
                "/auth/revoke",
                "application/x-www-form-urlencoded token",
                "200",
                null,
                ["415 unsupported_media_type", "503 store_unavailable"]
            },
            { "post", "/auth/ticket", null, "200 application/json", "ticket", ["401 session_ended", "429 rate_limited"] },
            { "get", "/auth/verify", "live refused", "200", null, ["401 session_ended", "403 csrf_rejected"] },
            {
                "post",
                "/auth/introspect",
                "application/x-www-form-urlencoded token",
                "200 application/json",
                "active",
                ["401 invalid_client", "413 content_too_large"]
            },
            { "get", "/auth/revocations", "after wait", "200 application/json", "cursor", ["401 invalid_client", "429 rate_limited"] },
            { "get", "/auth/jwks", null, "200 application/jwk-set+json", null, ["503 store_unavailable"] },
            { "get", "/.well-known/jwks.json", null, "200 application/jwk-set+json", null, ["503 store_unavailable"] },
            { "get", "/.well-known/oauth-authorization-server", null, "200 application/json", "jwks_uri", ["503 store_unavailable"] },
            { "get", "/.well-known/openid-configuration", null, "200 application/json", "jwks_uri", ["503 store_unavailable"] },
            { "get", "/auth/client/{file}", "file", "200 text/javascript", null, ["404 not_found"] },
        };

    [Fact]
    public async Task The_document_has_each_endpoint_once_under_a_name_of_its_own()
    {
        var operations = (
            from path in (await ReadAsync()).GetProperty("paths").EnumerateObject()
            from operation in path.Value.EnumerateObject()
            let id = operation.Value.TryGetProperty("operationId", out var found) ? found : default
            where id.ValueKind is JsonValueKind.String && id.GetString()!.StartsWith("Pawl", StringComparison.Ordinal)
            select (Name: id.GetString(), Endpoint: $"{operation.Name} {path.Name}", operation.Value)
        ).ToList();

        Assert.Equal(
            Endpoints.Select(static row => $"{row.Data.Item1} {row.Data.Item2}").Order(StringComparer.Ordinal),
            operations.Select(static o => o.Endpoint).Order(StringComparer.Ordinal)
        );
        Assert.Equal(operations.Count, operations.Select(static o => o.Name).Distinct().Count());
        Assert.All(operations, static o => Assert.NotEmpty(o.Value.GetProperty("summary").GetString()!));
        Assert.All(operations, static o => Assert.Equal(["Pawl"], ReadTags(o.Value)));
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task The_document_describes_requests_responses_and_problem_codes(
        string method,
        string path,
        string? request,
        string success,
        string? member,
        string[] problems
    )
    {
        var document = await ReadAsync();
        var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);

        Assert.Equal(request, DescribeRequest(document, operation));
        var (status, type) = (success.Split(' ')[0], success.Split(' ').ElementAtOrDefault(1));
        var response = operation.GetProperty("responses").GetProperty(status);
        Assert.Equal(type, response.TryGetProperty("content", out var content) ? content.EnumerateObject().Single().Name : null);
        if (member is not null)
            Assert.True(FindSchema(document, response, type!).GetProperty("properties").TryGetProperty(member, out _));
        foreach (var problem in problems)
        {
            var error = operation.GetProperty("responses").GetProperty(problem[..3]);
            Assert.Contains(problem[4..], error.GetProperty("description").GetString()!.Split(", "));
            var body = error.GetProperty("content").EnumerateObject().Single();
            Assert.Contains(body.Name, (string[])["application/problem+json", "application/json"]);
            Assert.True(FindSchema(document, error, body.Name).GetProperty("properties").TryGetProperty("code", out _));
        }
    }

    [Fact]
    public async Task The_tags_of_the_app_replace_those_of_the_endpoints()
    {
        foreach (
            var map in (Action<WebApplication>[])
                [static app => app.MapPawl().WithTags("sessions"), static app => app.MapGroup("").WithTags("sessions").MapPawl()]
        )
        {
            var refresh = (await ReadAsync(map)).GetProperty("paths").GetProperty("/auth/refresh").GetProperty("post");
            Assert.Equal(["sessions"], ReadTags(refresh));
        }
    }

    private static IEnumerable<string?> ReadTags(JsonElement operation) =>
        operation.GetProperty("tags").EnumerateArray().Select(static tag => tag.GetString());

    // The body's type with its first member, or the names of the parameters.
    private static string? DescribeRequest(JsonElement document, JsonElement operation)
    {
        if (operation.TryGetProperty("requestBody", out var body))
        {
            var type = body.GetProperty("content").EnumerateObject().Single().Name;
            return $"{type} {FindSchema(document, body, type).GetProperty("properties").EnumerateObject().First().Name}";
        }
        return operation.TryGetProperty("parameters", out var parameters)
            ? string.Join(' ', parameters.EnumerateArray().Select(static p => p.GetProperty("name").GetString()))
            : null;
    }

    private static JsonElement FindSchema(JsonElement document, JsonElement part, string type)
    {
        var schema = part.GetProperty("content").GetProperty(type).GetProperty("schema");
        // A body that may be missing is null or the type.
        if (schema.TryGetProperty("oneOf", out var choices))
            schema = choices.EnumerateArray().Single(static c => c.TryGetProperty("$ref", out _));
        return schema.TryGetProperty("$ref", out var reference)
            ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1])
            : schema;
    }

    private static async Task<JsonElement> ReadAsync(Action<WebApplication>? mapPawl = null)
    {
        await using var app = await TestApp.StartAsync(
            Billing.SetUp,
            services: static services => services.AddOpenApi(),
            map: static app => app.MapOpenApi(),
            mapPawl: mapPawl
        );
        var answer = await app.SendRawAsync("GET", "/openapi/v1.json");
        Assert.Equal(200, answer.Status);
        return answer.Json;
    }
}
