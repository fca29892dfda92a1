using System.Text;
using System.Text.Json;

namespace Pawl.Tests.Sessions;

/// <summary>A session as text, as JSON and compared with another: what an app's log, response or test makes of it.</summary>
public sealed class SessionValueTests
{
    private static readonly Session Session = Given.Session with
    {
        SecurityStamp = "stamp-of-the-server",
        Claims = Encoding.UTF8.GetBytes("""{"email":"alice@example.com"}"""),
    };

    [Fact]
    public void The_text_of_a_session_is_its_id() => Assert.Equal($"session {Given.SessionId}", Session.ToString());

    [Fact]
    public void The_JSON_of_a_session_has_neither_its_claims_nor_its_security_stamp()
    {
        var json = JsonSerializer.SerializeToElement(Session);
        Assert.Equal(Given.SessionId.ToString(), json.GetProperty("Id").GetString());
        Assert.False(json.TryGetProperty(nameof(Session.Claims), out _));
        Assert.False(json.TryGetProperty(nameof(Session.SecurityStamp), out _));
        Assert.DoesNotContain(Convert.ToBase64String(Session.Claims.Span), json.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_sessions_with_the_same_claims_are_equal_wherever_the_claims_are_kept()
    {
        var read = Session with { Claims = Session.Claims.ToArray() };
        Assert.Equal(Session, read);
        Assert.Equal(Session.GetHashCode(), read.GetHashCode());
        Assert.NotEqual(Session, Session with { Claims = "{}"u8.ToArray() });
    }

    [Fact]
    public void Two_key_documents_with_the_same_content_are_equal_wherever_it_is_kept()
    {
        var document = new KeyDocument(3, new byte[] { 1, 2 });
        Assert.Equal(document, new KeyDocument(3, new byte[] { 1, 2 }));
        Assert.Equal(document.GetHashCode(), new KeyDocument(3, new byte[] { 1, 2 }).GetHashCode());
        Assert.NotEqual(document, document with { Content = new byte[] { 1, 3 } });
        Assert.Equal(default, new KeyDocument(0, ReadOnlyMemory<byte>.Empty));
    }

    [Fact]
    public void An_end_without_a_reason_has_the_reason_Unknown() => Assert.Equal(SessionEndReason.Unknown, default(SessionEnd).Reason);
}
