namespace Pawl;

/// <summary>The store cannot answer now. Over HTTP it is 503 <c>store_unavailable</c>: cookies are kept and nothing has ended.</summary>
/// <remarks>Not sealed: a store may throw one of its own that says more. Pawl treats each as it treats this one.</remarks>
public class StoreUnavailableException : Exception
{
    /// <summary>Without a message.</summary>
    public StoreUnavailableException() : base("The session store is unavailable.") { }

    /// <summary>With a sentence for the operator.</summary>
    public StoreUnavailableException(string message) : base(message) { }

    /// <summary>With a sentence for the operator and the fault behind it.</summary>
    public StoreUnavailableException(string message, Exception innerException) : base(message, innerException) { }
}
