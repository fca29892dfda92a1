using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

// The developer or the operator can repair each fault that stops a start, and the sentence says how. The host logs the exception and the
// runtime prints it; both use ToString(). It returns the sentence without the stack, because the stack shows only frames of the host.
// StackTrace still has it for a debugger.

/// <summary>The calls that set the app up do not fit together.</summary>
internal sealed class SetupException(string sentence) : InvalidOperationException(sentence)
{
    public override string ToString() => StartText.Of(Message);
}

/// <summary>Options that Pawl does not start with.</summary>
internal sealed class PawlOptionsException(string scheme, Type type, IEnumerable<string> failures)
    : OptionsValidationException(scheme, type, failures)
{
    public PawlOptionsException(string scheme, IEnumerable<string> failures)
        : this(scheme, typeof(PawlOptions), failures) { }

    public override string ToString() => StartText.Of(string.Join(Environment.NewLine, Failures));
}

/// <summary>The store, or a key in it, is not available at start.</summary>
/// <remarks>The fault behind it follows the sentence, without its stack, if the sentence does not repeat it already.</remarks>
internal sealed class StoreUnavailableAtStartException(StoreUnavailableException unavailable)
    : StoreUnavailableException(unavailable.Message, unavailable.InnerException ?? unavailable)
{
    public override string ToString()
    {
        var text = StartText.Of(Message);
        for (var inner = InnerException; inner is not null; inner = inner.InnerException)
        {
            if (!text.Contains(inner.Message, StringComparison.Ordinal))
                text += $"{Environment.NewLine} ---> {inner.GetType()}: {inner.Message}";
        }
        return text;
    }
}

internal static class StartText
{
    public static string Of(string sentence) => $"Pawl does not start: {sentence}";
}
