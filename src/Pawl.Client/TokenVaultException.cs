namespace Pawl.Client;

/// <summary>A vault cannot be read or written. A session reports it as <see cref="Unavailable"/> and keeps what is there.</summary>
public sealed class TokenVaultException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="message">A sentence without secrets, which <see cref="Unavailable.Problem"/> repeats.</param>
    /// <param name="innerException">The cause.</param>
    public TokenVaultException(string message, Exception? innerException = null)
        : base(message, innerException) { }

    // It holds a session that is not this one's: a sign-in must not replace it.
    internal bool IsOfAnother { get; init; }
}
