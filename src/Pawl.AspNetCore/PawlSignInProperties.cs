using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>How a session starts, for sign-in code that wants a say: <c>Results.SignIn(user, new PawlSignInProperties { … })</c>.</summary>
public sealed class PawlSignInProperties : AuthenticationProperties
{
    /// <summary>A session that stays signed in when the browser is closed.</summary>
    public PawlSignInProperties() => IsPersistent = true;

    /// <summary>How the tokens travel.</summary>
    /// <value>Cookies.</value>
    public SessionTransport Transport { get; set; }

    /// <summary>Whether the answer's body says what a refresh's does. Always so where a token travels in the body.</summary>
    /// <value>False: the app writes the answer.</value>
    public bool AnswersWithJson { get; set; }

    /// <summary>What the user's list of devices calls this one.</summary>
    /// <value>Null: the request's <c>User-Agent</c>.</value>
    public string? Device { get; set; }

    /// <summary>How the user proved who they are, the <c>amr</c> claim (RFC 8176).</summary>
    /// <value>Null: the principal's <c>amr</c> claims.</value>
    public IReadOnlyList<string>? AuthenticationMethods { get; set; }
}
