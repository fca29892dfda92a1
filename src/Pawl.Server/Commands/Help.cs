using System.Reflection;

namespace Pawl.Server;

/// <summary>The texts of <c>--help</c> and <c>--version</c>.</summary>
internal static class Help
{
    // The text after the plus sign names the commit.
    public static string Version { get; } =
        "Pawl.Server "
        + typeof(Help).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0]
        + "\n";

    public static string Text { get; } =
        $"""
        {Version}
        Usage: Pawl.Server [COMMAND] [OPTION]...

        Without a command the server starts.

        Commands:
        {List([.. ServerCommand.All.Select(static c => (c.Usage, c.Does)), ("help", "prints this text; so do --help and -h")])}

        Options, before or after a command:
        {List(
            ("--urls=URL", "the address of the server; http://localhost:5080 by default"),
            ("--ConnectionStrings:Pawl=TEXT", "the database, such as \"Data Source=pawl.db\""),
            ("--ConnectionStrings:Redis=TEXT", "the Redis server, with --Pawl:Store=redis"),
            ("--Pawl:NAME=VALUE", "a setting of the list below"),
            ("--environment=NAME", "and the other options of ASP.NET Core, also below --Logging: and --Kestrel:"),
            ("--version", "prints the version"))}

        Settings, each with an example. Here they are environment variables; as an option, Pawl__Store=sqlite is --Pawl:Store=sqlite:
        {string.Join('\n', Setting.All.Select(static s => $"  {s.Line}"))}

        """;

    private static string List(params (string Name, string Does)[] rows) =>
        string.Join('\n', rows.Select(static row => $"  {row.Name, -31} {row.Does}"));
}
