using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Pawl.Server.Tests;

/// <summary>
/// Text that a database, the normalisation or a person cannot take is refused with a code, and is never a fault of the server.
/// </summary>
public sealed class HostileTextTests(PostgreSqlNodes nodes) : IClassFixture<PostgreSqlNodes>
{
    private const string Good = "verb musk oxen tulip";
    private const string Ada = "ada@example.com";

    // Escapes of JSON: a swapped byte order mark, other noncharacters, halves of pairs, NUL and other controls, invisible characters,
    // and one that grows when it is normalised.
    private static readonly string[] Hostile =
    [
        @"\uFFFE",
        @"\uFFFF",
        @"\uFDD0",
        @"\uD83F\uDFFE",
        @"\uDBFF\uDFFF",
        @"\uD800",
        @"\uDC00",
        @"\uDC00\uD800",
        @"\u0000",
        @"\u001F",
        @"\u007F",
        @"\u0085",
        @"\u200B",
        @"\u200D",
        @"\u202E",
        @"\u2066",
        @"\uFEFF",
        @"\u00AD",
        @"\u2028",
        @"\u3164",
        @"\uFE0F",
        @"\u034F",
        @"\uE000",
        @"\u0378",
        @"\uFFFD",
        @"\u0344",
        @"\uFDFA",
        @"\u1E9E",
        @"\uD83D\uDC19",
    ];

    [Fact]
    public async Task An_address_with_a_character_that_shows_nothing_or_is_none_is_refused()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        // U+FFFD may be what is left of another character; it is visible, and assigned.
        foreach (var text in Hostile.Except([@"\uFFFD", @"\u0344", @"\uFDFA", @"\u1E9E"]))
        {
            var answer = await PostAsync(client, "/auth/register", $$"""{"email":"a{{text}}@example.com","password":"{{Good}}"}""");
            Assert.True((answer.Status, answer.Code) is (400, "email_refused") or (400, "invalid_request"), $"{text}: {answer.Look}");
            // JSON with half of a pair is not a valid text.
            Assert.Equal(text is @"\uD800" or @"\uDC00" or @"\uDC00\uD800", answer.Code == "invalid_request");
        }
        // The normalised form would not fit into the column.
        var email = new string('\u0958', 200) + "@example.com";
        var tooLong = await PostAsync(client, "/auth/register", Body(("email", email), ("password", Good)));
        Assert.Equal((400, "email_refused"), (tooLong.Status, tooLong.Code));
        Assert.Equal(0, server.Query<long>("SELECT count(*) FROM AspNetUsers"));
    }

    [Fact]
    public async Task A_new_password_with_a_character_that_is_unassigned_or_a_control_is_refused_and_an_old_one_goes_on()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        foreach (var text in new[] { @"\uFFFE", @"\uFFFF", @"\uD83F\uDFFE", @"\u0000", @"\u0007", @"\u0378" })
        {
            var answer = await PostAsync(client, "/auth/register", $$"""{"email":"{{Ada}}","password":"{{Good}}{{text}}"}""");
            Assert.Equal((text, 400, "password_refused"), (text, answer.Status, answer.Code));
        }
        await client.RegisterAsync(Ada);
        Assert.Equal(200, (await client.LoginAsync(Ada)).Status);
        var change = await PostAsync(client, "/auth/password", $$"""{"current":"{{Client.Password}}","new":"{{Good}}\uFFFF"}""");
        Assert.Equal((400, "password_refused"), (change.Status, change.Code));

        // An older program accepted it. The hash is that of the normalised form, which has not changed.
        const string Old = "verb musk oxen \uFFFF tulip";
        server.Query<string>("UPDATE AspNetUsers SET PasswordHash = $hash RETURNING Id", ("$hash", PasswordTests.MakeWeaker(Old)));
        Assert.Equal(200, (await client.LoginAsync(Ada, Old)).Status);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgresql")]
    public async Task Whatever_the_text_no_answer_is_a_fault_and_the_same_request_gets_the_same_answer(string store)
    {
        (string, string)[] settings = store is "sqlite" ? [] : nodes.Settings(nodes.NewDatabase());
        await using var server = await ServerProcess.StartAsync(settings);
        using var owner = server.From("127.0.0.1");
        await owner.RegisterAsync(Ada);
        Assert.Equal(200, (await owner.LoginAsync(Ada)).Status);
        var random = new Random(20261127);
        for (var i = 0; i < 30; i++)
        {
            // Each has its own address, so that none has to wait.
            using var client = i % 3 == 2 ? owner.MovedTo($"127.0.1.{i + 1}") : server.From($"127.0.1.{i + 1}");
            var (path, body) = (i % 3) switch
            {
                0 => ("/auth/register", Body(("email", Text(random) + "@example.com"), ("password", Good + Text(random)))),
                1 => (
                    "/auth/login",
                    Body(
                        ("email", random.Next(2) == 0 ? Ada : Text(random) + "@example.com"),
                        ("password", Text(random)),
                        ("device", Text(random))
                    )
                ),
                _ => ("/auth/password", Body(("current", Text(random)), ("new", Good + Text(random)))),
            };
            // The body may also be broken anywhere.
            if (random.Next(4) == 0)
                body = body.Remove(random.Next(body.Length), 1);
            var first = await PostAsync(client, path, body);
            Assert.True(first.Status is 200 or 400 or 401 or 403 or 429, $"{path} {body}\n{first.Look}");
            if (first.Status is 200 or 429)
                continue;
            var second = await PostAsync(client, path, body);
            Assert.True(first.Look == second.Look || second.Status == 429, $"{path} {body}\n{first.Look}\n{second.Look}");
        }
        Assert.DoesNotContain("Exception", server.Output, StringComparison.Ordinal);
    }

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(3) == 0 ? "é" : Hostile[random.Next(Hostile.Length)]));

    private static string Body(params (string Name, string Escaped)[] members) =>
        $"{{{string.Join(',', members.Select(static m => $"{JsonSerializer.Serialize(m.Name)}:\"{m.Escaped}\""))}}}";

    private static async Task<Answer> PostAsync(Client client, string path, string json)
    {
        using var body = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await client.PostAsync(path, body);
    }
}
