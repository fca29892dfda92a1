using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Pawl.Redis;
using StackExchange.Redis;

namespace Pawl.Stores.Tests;

/// <summary>The scripts find a session's fields where the program has written them, because both take the places from one layout.</summary>
public sealed partial class RedisScriptTests : SessionStoreContract<RedisPlace>
{
    [Fact]
    public async Task Scripts_read_each_field_as_the_program_wrote_it()
    {
        var session = new Session
        {
            Id = NewSession().Id,
            Subject = "äda",
            Head = new(0x01020304, 0x1112131415161718),
            CreatedAt = Start.AddMilliseconds(1),
            ExpiresAt = Start.AddMilliseconds(2),
            LastUsedAt = Start.AddMilliseconds(3),
            Device = "phone",
            SecurityStamp = "stamp-7",
            End = new(SessionEndReason.Revoked, Start.AddMilliseconds(4)),
            Claims = "{}"u8.ToArray(),
        };

        var texts = await RunAsync(
            """
            local s = ARGV[1]
            local function number(format, first, last)
                return string.format('%.0f', (struct.unpack(format, s:sub(first, last))))
            end
            return {
                number('>I1', END_REASON, END_REASON_LAST),
                number(TIME, ENDED_AT, ENDED_AT_LAST), number(TIME, CREATED_AT, CREATED_AT_LAST),
                number(TIME, EXPIRES_AT, EXPIRES_AT_LAST), number(TIME, LAST_USED_AT, LAST_USED_AT_LAST),
                number('>I4', HEAD_GENERATION, HEAD_GENERATION_LAST), number(LENGTH, SUBJECT_LENGTH, SUBJECT_LENGTH_LAST),
                number(LENGTH, DEVICE_LENGTH, DEVICE_LENGTH_LAST), number(LENGTH, STAMP_LENGTH, STAMP_LENGTH_LAST),
                s:sub(TEXTS), s:sub(HEAD_TOKEN, HEAD_TOKEN_LAST)
            }
            """,
            session
        );

        Assert.Equal(
            [
                $"{(int)SessionEndReason.Revoked}",
                Milliseconds(4),
                Milliseconds(1),
                Milliseconds(2),
                Milliseconds(3),
                $"{0x01020304}",
                "4",
                "5",
                "7",
                "ädaphonestamp-7{}",
            ],
            texts[..^1].Select(static text => (string)text!)
        );
        Assert.Equal(session.Head.TokenId, BinaryPrimitives.ReadUInt64BigEndian((byte[])texts[^1]!));
    }

    [Fact]
    public async Task A_session_without_an_end_or_texts_has_the_marks_that_scripts_look_for()
    {
        var session = NewSession() with { Device = null, SecurityStamp = null };

        var marks = await RunAsync(
            """
            local s = ARGV[1]
            local device, stamp = struct.unpack(LENGTH, s, DEVICE_LENGTH), struct.unpack(LENGTH, s, STAMP_LENGTH)
            return { s:byte(END_REASON) == NOT_ENDED, device == NO_TEXT, stamp == NO_TEXT }
            """,
            session
        );

        Assert.Equal([true, true, true], marks.Select(static mark => (bool)mark));
    }

    [Fact]
    public void Scripts_have_no_places_of_their_own()
    {
        var assembly = typeof(RedisScripts).Assembly;
        foreach (var name in assembly.GetManifestResourceNames())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var code = Unnamed().Replace(reader.ReadToEnd(), "");
            Assert.True(Numbers().Matches(code).All(static n => n.Value is "0" or "1"), $"{name} has a number that needs a name:\n{code}");
        }
    }

    [Fact]
    public async Task The_server_gets_the_scripts_as_they_are_here()
    {
        using var server = new RedisProcess();
        await using var open = RedisPlace.Open(server.ConnectionString);
        await open.Sessions.InitializeAsync(Cancel);
        var session = NewSession();
        await open.Sessions.CreateAsync(session, Cancel);
        await open.Sessions.RotateAsync(NextMove(session), Cancel);
        await open.Sessions.UpdateAsync(session.Id, new() { Claims = "{}"u8.ToArray() }, Cancel);
        await open.Sessions.EndAsync(session.Id, new(SessionEndReason.Revoked, Start), Cancel);
        await open.Sessions.PruneAsync(Start, Start, Cancel);
        await open.Keys.TryWriteKeysAsync(new(0, "keys"u8.ToArray()), Cancel);

        using var connection = server.Connect();
        foreach (
            var script in (string[])
                [
                    RedisScripts.Index,
                    RedisScripts.Rotate,
                    RedisScripts.Update,
                    RedisScripts.End,
                    RedisScripts.Enter,
                    RedisScripts.Prune,
                    RedisScripts.WriteKeys,
                ]
        )
        {
            Assert.True(await connection.GetServers()[0].ScriptExistsAsync(Hash(script)), script);
        }
    }

    private static async Task<RedisResult[]> RunAsync(string script, Session session)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(RedisServers.Main.ConnectionString);
        RedisValue[] values = [SessionBytes.Write(session)];
        return (RedisResult[])(await connection.GetDatabase().ScriptEvaluateAsync(SessionLayout.Lua + script, [], values))!;
    }

    private static string Milliseconds(int offset) => $"{Start.ToUnixTimeMilliseconds() + offset}";

    // Redis knows a script by its SHA-1.
#pragma warning disable CA5350
    private static byte[] Hash(string script) => SHA1.HashData(Encoding.UTF8.GetBytes(script));
#pragma warning restore CA5350

    // Comments, arguments, texts, and numbers that get a name.
    [GeneratedRegex(@"--.*|(KEYS|ARGV|time)\[\d\]|'[^']*'|local [A-Z_]+ = \d+")]
    private static partial Regex Unnamed();

    [GeneratedRegex(@"\b\d+\b")]
    private static partial Regex Numbers();
}
