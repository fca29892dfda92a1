namespace Pawl;

/// <summary>
/// The store cannot answer now. Over HTTP this is 503 <c>store_unavailable</c>: cookies are kept and no session has ended.
/// </summary>
/// <remarks>It is not sealed: a store may throw a derived type with more information. Pawl treats all of them alike.</remarks>
public class StoreUnavailableException : Exception
{
    /// <summary>Creates an exception without a message.</summary>
    public StoreUnavailableException()
        : base("The session store is unavailable.") { }

    /// <summary>Creates an exception with a sentence for the operator.</summary>
    public StoreUnavailableException(string message)
        : base(message) { }

    /// <summary>Creates an exception with a sentence for the operator and the fault behind it.</summary>
    public StoreUnavailableException(string message, Exception innerException)
        : base(message, innerException) { }
}
