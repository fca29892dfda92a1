using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore;

// What stops a start can be mended by the app's own lines or by its operator, so the sentence is all that they have to read. The host
// logs an exception that stops it, and then the runtime prints it; both take ToString(), which here is the sentence without the stack.
// The stack leads only through the host. StackTrace has it for a debugger.

/// <summary>The calls that set the app up do not fit together.</summary>
internal sealed class SetupException(string sentence) : InvalidOperationException(sentence)
{
    public override string ToString() => StartText.Of(Message);
}

/// <summary>Options that Pawl does not start with.</summary>
internal sealed class PawlOptionsException(string scheme, IEnumerable<string> failures)
    : OptionsValidationException(scheme, typeof(PawlOptions), failures)
{
    public override string ToString() => StartText.Of(string.Join(Environment.NewLine, Failures));
}

/// <summary>The store, or a key in it, that the start needs.</summary>
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
