namespace Pawl.Server.Tests;

/// <summary>The program's arguments are read as a whole, before anything is opened.</summary>
public sealed class ArgumentsTests
{
    private const string Urls = "http://127.0.0.1:0";

    [Theory]
    [InlineData("'keys revoke' is not a command", "keys", "revoke")]
    [InlineData("'keys list' is not a command", "keys", "list")]
    [InlineData("The given text is not a command", "")]
    [InlineData("Pawl__Stor is not a setting", "--Pawl:Stor=sqlite")]
    [InlineData("Pawl__Stor is not a setting", "sessions", "end-all", "--Pawl:Stor")]
    [InlineData("'--Pawl__Store' is not an option", "--Pawl__Store=sqlite")]
    [InlineData("'--url' is not an option", "--url", Urls)]
    [InlineData("'--ConnectionStrings:Pwal' is not an option", "--ConnectionStrings:Pwal=Data Source=pawl.db")]
    [InlineData("'--Logging:' is not an option", "--Logging:=Debug")]
    [InlineData("'--' is not an option", "--")]
    [InlineData("An argument is not an option", "-urls", Urls)]
    [InlineData("An argument is not an option", "Stor=sqlite")]
    [InlineData("--Pawl:Store has no value", "--Pawl:Store", "--urls=" + Urls)]
    [InlineData("--Pawl:Store has no value", "keys", "--Pawl:Store")]
    public void What_is_not_understood_is_refused(string sentence, params string[] arguments) =>
        Assert.Contains(sentence, Assert.Throws<SettingException>(() => Arguments.Read(arguments)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--ConnectionStrings:Pawl", "Host=db;Password=correct", "horse8")]
    [InlineData("--ConnectionStrings:Pawl", "Host=db;", "Password=horse8")]
    [InlineData("horse8=")]
    [InlineData("-horse8")]
    [InlineData("/horse8")]
    public void What_may_be_part_of_a_password_is_not_repeated(params string[] arguments) =>
        Assert.DoesNotContain("horse8", Assert.Throws<SettingException>(() => Arguments.Read(arguments)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("help")]
    [InlineData("--Pawl:Stor=sqlite", "sessions", "--help")]
    public void Help_is_given_wherever_it_is_asked_for(params string[] arguments)
    {
        var read = Arguments.Read(arguments);
        Assert.Equal(Help.Text, read.Text);
        Assert.Null(read.Command);
    }

    [Fact]
    public void The_version_is_given() => Assert.Matches(@"^Pawl\.Server \d+\.\d+\.\d+\S*\n\z", Arguments.Read(["--version"]).Text);

    [Theory]
    [InlineData("--urls=" + Urls, "keys", "revoke", "KID")]
    [InlineData("keys", "--urls", Urls, "revoke", "KID")]
    [InlineData("keys", "revoke", "KID", "/urls", Urls)]
    [InlineData("urls=" + Urls, "keys", "revoke", "KID")]
    [InlineData("keys", "revoke", "KID", "/urls=" + Urls)]
    public void Options_stand_anywhere(params string[] arguments)
    {
        var read = Arguments.Read(arguments);
        Assert.Equal("keys revoke KID", read.Command!.Usage);
        Assert.Equal(["keys", "revoke", "KID"], read.Words);
        Assert.Equal(["--urls=" + Urls], read.Options);
    }

    [Theory]
    [InlineData("--")]
    [InlineData("-a")]
    [InlineData("__")]
    public void A_key_whose_name_begins_with_a_hyphen_can_be_named(string start)
    {
        var name = start.PadRight(43, 'a');
        Assert.Equal(["keys", "revoke", name], Arguments.Read(["keys", "revoke", name]).Words);
    }

    [Theory]
    [InlineData("--Logging:LogLevel:Default=Warning")]
    [InlineData("--Kestrel:Endpoints:Http:Url=" + Urls)]
    [InlineData("--pawl:trustedorigins:0=https://app.example.com")]
    [InlineData("--Pawl:Audience=")]
    [InlineData("--environment=Staging")]
    [InlineData("--hostBuilder:reloadConfigOnChange=false")]
    public void Known_options_start_the_server(string option)
    {
        var read = Arguments.Read([option]);
        Assert.Null(read.Command);
        Assert.Null(read.Text);
        Assert.Equal([option], read.Options);
    }
}
