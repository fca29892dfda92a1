using System.Text.RegularExpressions;

namespace Pawl.Server;

/// <summary>
/// The program's arguments: the words of a command, and options, which may stand before, between and after the words. Any other argument
/// is refused, so that no mistyped command starts the server.
/// </summary>
/// <remarks>
/// A command-line library would need each option declared. The names below <c>Logging</c> and <c>Kestrel</c> are not known here, so
/// the options stay those of ASP.NET Core's configuration.
/// </remarks>
internal sealed partial class Arguments
{
    private const string Example = "write for example --urls=http://localhost:5080 or --Pawl:Store=postgresql; --help lists the options.";

    private Arguments(string? text, ServerCommand? command, string[] words, string[] options) =>
        (Text, Command, Words, Options) = (text, command, words, options);

    /// <summary>
    /// The text that <c>--help</c> or <c>--version</c> prints instead of a start or a command; null without these options.
    /// </summary>
    public string? Text { get; }

    /// <summary>The command; null if the server starts.</summary>
    public ServerCommand? Command { get; }

    /// <summary>The words of the command.</summary>
    public string[] Words { get; }

    /// <summary>The options as <c>--key=value</c>, which ASP.NET Core's configuration reads.</summary>
    public string[] Options { get; }

    /// <exception cref="SettingException">An argument is neither part of a command nor an option, or an option has no value.</exception>
    public static Arguments Read(string[] args)
    {
        if (args.Any(static a => a is "--help" or "-h" or "-?"))
            return new(Help.Text, null, [], []);
        if (args.Contains("--version"))
            return new(Help.Version, null, [], []);
        List<string> words = [],
            options = [];
        for (var i = 0; i < args.Length; i++)
        {
            if (IsWord(args[i]))
                words.Add(args[i]);
            else
                options.Add(ReadOption(args, ref i));
        }
        return words switch
        {
            [] => new(null, null, [], [.. options]),
            ["help", ..] => new(Help.Text, null, [], []),
            _ => new(null, ServerCommand.Find(words) ?? throw NoCommand(words), [.. words], [.. options]),
        };
    }

    private static bool IsWord(string argument) =>
        KeyId().IsMatch(argument) || (argument is not ['-' or '/', ..] && !argument.Contains('='));

    // ASP.NET Core's forms: --key=value, --key value, /key=value, /key value and key=value.
    private static string ReadOption(string[] args, ref int i)
    {
        var (option, key) = (args[i], OptionName().Match(args[i]).Groups["key"].Value);
        if (!ConfigurationKeys.Has(key))
            throw new SettingException($"{(IsLong(option) ? $"'--{key}'" : "An argument")} is not an option; {Example}");
        if (option.IndexOf('=') is >= 0 and var end)
            return $"--{key}={option[(end + 1)..]}";
        // ASP.NET Core would read the next option as the value, and would ignore an option at the end.
        if (i + 1 == args.Length || IsLong(args[i + 1]))
            throw new SettingException($"The option --{key} has no value; {Example}");
        return $"--{key}={args[++i]}";
    }

    private static bool IsLong(string argument) => argument.StartsWith("--", StringComparison.Ordinal);

    // The message repeats only words that look like names. Another word may be part of a password, as after a space in a connection
    // string.
    private static SettingException NoCommand(List<string> words) =>
        new(
            $"{(words.TrueForAll(static w => Name().IsMatch(w)) ? $"'{string.Join(' ', words)}'" : "The given text")} is not a command; "
                + $"the commands are {string.Join(", ", ServerCommand.All.Select(static c => c.Usage))} and help. "
                + "Without a command the server starts."
        );

    // The name of a key, as `keys` lists it, may begin with a hyphen. No option has that form.
    [GeneratedRegex(@"^[A-Za-z0-9_-]{43}\z", RegexOptions.CultureInvariant)]
    private static partial Regex KeyId();

    [GeneratedRegex("^(--|/)?(?<key>[^=]*)", RegexOptions.CultureInvariant)]
    private static partial Regex OptionName();

    [GeneratedRegex(@"^[a-z-]{1,20}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
