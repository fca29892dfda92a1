using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Pawl.Server.Tests;

/// <summary>Which passwords there may be, and what is kept of them.</summary>
public sealed class PasswordTests
{
    // Consonants and vowels that say nothing, in no order: long, and not guessable.
    private static string Long(int length) =>
        string.Concat(
            Enumerable.Range(0, length).Select(static i => "kqzvwxjhbfpdgm"[i * i % 13] is var c && i % 3 == 1 ? "aeiouy"[i * 5 % 6] : c)
        );

    [Requirement("PW-06")]
    [Fact]
    public async Task Length_is_all_that_is_asked_for_and_nothing_is_cut_off()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        (string Password, bool IsTaken)[] cases =
        [
            ("", false),
            ("Tr0ub4dor&3", false),
            ("verbmuskoxtuli", false),
            ("verbmuskoxtulip", true), // 14 and 15, with nothing but letters
            ("84027395163948527", true),
            ("    verb musk oxen    ", true),
            ("ßçñ жук 椅子 🐙 kvartal", true),
            (Long(64), true),
            (Long(256), true),
            (Long(257), false),
            (Long(4000), false),
        ];
        for (var i = 0; i < cases.Length; i++)
        {
            var email = $"user{i}@example.com";
            var answer = await client.PostAsync("/auth/register", new { email, password = cases[i].Password });
            Assert.Equal((i, cases[i].IsTaken ? 200 : 400, cases[i].IsTaken ? null : "password_refused"), (i, answer.Status, answer.Code));
            if (!cases[i].IsTaken)
                continue;
            Assert.Equal(200, (await client.LoginAsync(email, cases[i].Password)).Status);
            client.Cookies.Clear();
            // Every character counts, the last one, its case and the blanks around it.
            Assert.Equal(401, (await client.LoginAsync(email, cases[i].Password[..^1])).Status);
            Assert.Equal(401, (await client.LoginAsync(email, cases[i].Password[..^1] + "#")).Status);
            Assert.NotEqual(200, (await client.LoginAsync(email, cases[i].Password + " ")).Status);
        }
    }

    [Requirement("PW-06")]
    [Fact]
    public async Task The_same_password_is_the_same_in_whichever_form_a_keyboard_types_it()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        await client.RegisterAsync("ada@example.com", "\uFB01nch caf\u00E9 \u212Bngstrom tundra");
        foreach (var form in new[] { "finch cafe\u0301 \u00C5ngstrom tundra", "finch caf\u00E9 A\u030Angstrom tundra" })
            Assert.Equal(200, (await client.LoginAsync("ada@example.com", form)).Status);
        client.Cookies.Clear();
        Assert.Equal(401, (await client.LoginAsync("ada@example.com", "finch cafe \u00C5ngstrom tundra")).Status);
    }

    [Requirement("PW-07")]
    [Fact]
    public async Task What_guessing_programs_try_first_is_refused()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        string[] guessable =
        [
            "passwordpassword",
            "Password12345678",
            "P@ssw0rdP@ssw0rd",
            "qwertyuiopasdfgh",
            "1qaz2wsx3edc4rfv",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "abcdefghijklmnop",
            "123456789012345",
            "iloveyou12345678",
            "letmein123456789",
            "summer2025summer",
            "administrator123",
            "welcome123456789",
            "monkeydragon2024",
            "pawlpawlpawlpawl",
            "sunshineprincess",
            "superman1234567",
            "grace.hopper1906",
            "gracehoppergrace",
            "REPPOHREPPOHREPPOH",
        ];
        foreach (var password in guessable)
        {
            var answer = await client.PostAsync("/auth/register", new { email = "grace.hopper@example.com", password });
            Assert.Equal((password, 400, "password_refused"), (password, answer.Status, answer.Code));
        }
        await client.RegisterAsync("grace.hopper@example.com", "admiral nanosecond moth wire");
    }

    [Requirement("PW-04")]
    [Fact]
    public async Task A_hash_says_how_it_was_made_and_a_weaker_one_is_replaced_at_sign_in()
    {
        await using var server = await ServerProcess.StartAsync();
        using var client = server.From();
        await client.RegisterAsync("ada@example.com");
        Assert.Equal((1, 2, 220_000, 16), Describe(Hash(server)));

        server.Query<string>("UPDATE AspNetUsers SET PasswordHash = $hash RETURNING Id", ("$hash", MakeWeaker(Client.Password)));
        Assert.Equal((1, 2, 100_000, 16), Describe(Hash(server)));
        Assert.Equal(401, (await client.LoginAsync("ada@example.com", "wrong-but-long-enough")).Status);
        Assert.Equal((1, 2, 100_000, 16), Describe(Hash(server)));
        Assert.Equal(200, (await client.LoginAsync("ada@example.com")).Status);
        Assert.Equal((1, 2, 220_000, 16), Describe(Hash(server)));
        Assert.Equal(200, (await client.LoginAsync("ada@example.com")).Status);
    }

    private static byte[] Hash(ServerProcess server) =>
        Convert.FromBase64String(server.Query<string>("SELECT PasswordHash FROM AspNetUsers"));

    // Identity's format 3: marker(1) · algorithm(4), where 2 is SHA-512 · rounds(4) · size of the salt(4) · salt · hash.
    private static (int Marker, int Algorithm, int Rounds, int Salt) Describe(byte[] hash) =>
        (
            hash[0],
            BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(1)),
            BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5)),
            BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(9))
        );

    internal static string MakeWeaker(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        byte[] header = [1, 0, 0, 0, 2, 0, 0x01, 0x86, 0xA0, 0, 0, 0, 16];
        return Convert.ToBase64String([
            .. header,
            .. salt,
            .. Rfc2898DeriveBytes.Pbkdf2(password, salt, 100_000, HashAlgorithmName.SHA512, 32),
        ]);
    }
}
