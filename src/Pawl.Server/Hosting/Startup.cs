using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Pawl.Server;

/// <summary>A setting that prevents the start. The message is a sentence that says what to write.</summary>
internal sealed class SettingException(string message) : Exception(message);

/// <summary>
/// Runs the program. A fault that the operator can repair prints one sentence on stderr instead of a stack trace. The exit code is 1 for
/// a fault of the machine (the database, a port) and 2 for a setting.
/// </summary>
internal static class Startup
{
    private const int MachineFault = 1;
    private const int SettingFault = 2;

    public static async Task<int> RunAsync(Func<Task> run)
    {
        // Logs and messages use the same culture on every machine.
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

    private static (int ExitCode, IEnumerable<string> Sentences)? Explain(Exception e) =>
        e switch
        {
            SettingException => (SettingFault, [e.Message]),
            OptionsValidationException invalid => (SettingFault, invalid.Failures.Select(ServerSettings.Translate)),
            // A settings file that cannot be read.
            InvalidDataException => (SettingFault, [$"{e.Message} {e.GetBaseException().Message}"]),
            StoreUnavailableException { InnerException: CryptographicException fault } => (
                MachineFault,
                [KeyFolder.Translate(e.Message, fault.Message)]
            ),
            StoreUnavailableException => (MachineFault, [e.Message]),
            { InnerException: AddressInUseException } => (
                MachineFault,
                [$"{e.Message.TrimEnd('.')}; choose another address, for example --urls http://localhost:5081."]
            ),
            SocketException => (
                MachineFault,
                [$"The address cannot be listened on ({e.Message}); choose another, for example --urls http://localhost:5081."]
            ),
            // Kestrel's messages about an invalid URL, or an https URL without a certificate, are complete sentences.
            FormatException
            or InvalidOperationException when e.Source is "Microsoft.AspNetCore.Server.Kestrel.Core" or "Microsoft.AspNetCore.Http" => (
                SettingFault,
                [$"{e.Message.ReplaceLineEndings(" ")} Write for example --urls http://localhost:5080."]
            ),
            _ => null,
        };
}
