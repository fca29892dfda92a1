using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Pawl.AspNetCore;

namespace Pawl.Server;

/// <summary>A setting that the server does not start with; the message is a sentence that says what to write.</summary>
internal sealed class SettingException(string message) : Exception(message);

/// <summary>
/// Runs the program. What an operator can mend is one sentence on stderr, not a stack trace, and an exit code: 1 where the machine is in the way (the database,
/// a port), 2 where a setting is.
/// </summary>
internal static class Startup
{
    private const int MachineFault = 1;
    private const int SettingFault = 2;

    public static async Task<int> RunAsync(Func<Task> run)
    {
        // Logs and messages are the same on every machine.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            await run();
            return 0;
        }
        catch (Exception e) when (Explain(e) is { } fault)
        {
            foreach (var sentence in fault.Sentences)
                await Console.Error.WriteLineAsync($"pawl: {sentence}");
            return fault.ExitCode;
        }
    }

    private static (int ExitCode, IEnumerable<string> Sentences)? Explain(Exception e) => e switch
    {
        SettingException => (SettingFault, [e.Message]),
        OptionsValidationException invalid => (SettingFault, invalid.Failures.Select(ServerSettings.Translate)),
        // A file of settings that cannot be read.
        InvalidDataException => (SettingFault, [$"{e.Message} {e.GetBaseException().Message}"]),
        StoreUnavailableException { InnerException: KeyFaultException fault } => (MachineFault, [KeyFolder.Translate(e.Message, fault)]),
        StoreUnavailableException => (MachineFault, [e.Message]),
        { InnerException: AddressInUseException } => (MachineFault, [$"{e.Message.TrimEnd('.')}; choose another address, for example --urls http://localhost:5081."]),
        SocketException => (MachineFault, [$"The address cannot be listened on ({e.Message}); choose another, for example --urls http://localhost:5081."]),
        // What Kestrel says of a URL that it cannot read, or of an https one without a certificate, are sentences already.
        FormatException or InvalidOperationException when e.Source is "Microsoft.AspNetCore.Server.Kestrel.Core" or "Microsoft.AspNetCore.Http" =>
            (SettingFault, [$"{e.Message.ReplaceLineEndings(" ")} Write for example --urls http://localhost:5080."]),
        _ => null,
    };
}
