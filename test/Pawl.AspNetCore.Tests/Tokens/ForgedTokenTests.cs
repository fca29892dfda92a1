using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>A token that was changed or that another server made is refused before the store is read, and it ends nothing.</summary>
public sealed class ForgedTokenTests
{
    [Requirement("RT-03", "RT-18")]
    [Fact]
    public async Task A_refresh_token_that_is_not_ours_to_the_last_bit_costs_no_look_up()
    {
        await using var app = await TestApp.StartAsync();
        await using var foreign = await TestApp.StartAsync();
        var ada = await app.SignInAsync("ada");
        app.Clock.Advance(TimeSpan.FromMinutes(1));
        app.Store.Forget();
        var good = ada.RefreshToken!;
        var wrong = new List<string>
        {
            "",
            "x",
            "pawl_r1_",
            good[..^1],
            good + "A",
            good + "=",
            " " + good,
            good + " ",
            $"\"{good}\"",
            "pawl_r2_" + good[8..],
            "PAWL_R1_" + good[8..],
            good[8..],
            good.Replace('_', '-'),
            "pawl_r1_" + new string('A', 104),
            "pawl_r1_" + new string('_', 104),
            "pawl_r1_" + new string('é', 104),
            new string('x', 20_000),
            ada.AccessToken!,
            (await foreign.SignInAsync("ada")).RefreshToken!,
        };
        // Every character in turn, so every part of the token: version, key, session, generation, ids, time and MAC.
        for (var i = 0; i < good.Length; i++)
            wrong.Add(good[..i] + (good[i] == 'B' ? 'C' : 'B') + good[(i + 1)..]);

        foreach (var text in wrong)
        {
            var answer = await app.SendRawAsync(
                "POST",
                "/auth/refresh",
                ("Cookie", $"{PawlDefaults.RefreshCookie}={text}"),
                ("Sec-Fetch-Site", "same-origin")
            );
            Assert.Equal((401, "refresh_token_invalid"), (answer.Status, answer.Code));
            var form = await app.SendRawAsync(
                "POST",
                "/auth/token",
                Encoding.UTF8.GetBytes(
                    $"grant_type=refresh_token&refresh_token={Uri.EscapeDataString(text[..Math.Min(text.Length, 1000)])}"
                ),
                ("Content-Type", "application/x-www-form-urlencoded")
            );
            Assert.Equal((400, "invalid_grant"), (form.Status, form.Text("error")));
        }

        Assert.Empty(app.Store.Calls);
        Assert.Empty(app.Logs.Exceptions);
        Assert.Equal(200, (await ada.RefreshAsync()).Status);
    }

    [Requirement("JWS-15")]
    [Fact]
    public async Task Thousands_of_mutated_access_tokens_open_nothing_and_break_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var good = (await app.SignInAsync("ada", new Login("") { Roles = ["marker-role"] })).AccessToken!;
        app.Store.Forget();
        var random = new Random(20260301);
        for (var i = 0; i < 2000; i++)
        {
            var text = Mutate(good, random);
            if (text == good)
                continue;
            var answer = await app.SendRawAsync("GET", "/me", ("Authorization", $"Bearer {text}"));
            Assert.Equal(401, answer.Status);
            Assert.Contains(answer.Code, s_refusals);
            Assert.DoesNotContain("marker", answer.Body, StringComparison.Ordinal);
        }
        Assert.Empty(app.Store.Calls);
        Assert.Empty(app.Logs.Exceptions);
        Assert.DoesNotContain(app.Logs.All, static e => e.ToString().Contains("marker", StringComparison.Ordinal));
    }

    private static readonly string[] s_refusals = ["access_token_invalid", "authentication_required"];

    private static string Mutate(string token, Random random)
    {
        const string Characters = "ABCabc019-_.=+/ ,\"{}\u00e9\u2028";
        var text = new StringBuilder(token);
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text[at] = Characters[random.Next(Characters.Length)];
                    break;
                case 1:
                    text.Insert(at, Characters[random.Next(Characters.Length)]);
                    break;
                case 2:
                    text.Remove(at, Math.Min(random.Next(1, 20), text.Length - at - 1));
                    break;
                default:
                    var segments = text.ToString().Split('.');
                    random.Shuffle(segments);
                    text.Clear().AppendJoin('.', segments);
                    break;
            }
        }
        return text.ToString().Trim();
    }
}
