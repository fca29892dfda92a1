using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app keeps its options in its configuration. Whatever stands there is honoured, or stops the start.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task Options_come_from_a_section_of_the_configuration()
    {
        await using var app = await StartAsync(
            ("Pawl:AccessTokenLifetime", "00:02:00"),
            ("Pawl:SessionLimit", "none"),
            ("Pawl:TrustedOrigins:0", "https://app.example.com"),
            ("Pawl:BasePath", "/sessions"),
            ("pawl:samesite", "lax")
        );
        var options = app.Service<IOptionsMonitor<PawlOptions>>().Get(PawlDefaults.AuthenticationScheme);
        Assert.Equal(
            (TimeSpan.FromMinutes(2), null, "https://app.example.com"),
            (options.AccessTokenLifetime, options.SessionLimit, Assert.Single(options.TrustedOrigins))
        );
        var ada = await app.SignInAsync("ada");
        Assert.Equal(120, (await ada.PostAsync("/sessions/refresh")).Number("expires_in"));
    }

    [Theory]
    [InlineData("Pawl:IdleTimeOut2", "14.00:00:00", "Pawl:IdleTimeOut2 is no option")]
    [InlineData("Pawl:Events", "x", "Pawl:Events is no option")]
    [InlineData("Pawl:IdleTimeout", "14", "write for example \"14.00:00:00\"")]
    [InlineData("Pawl:IdleTimeout:Days", "14", "write for example \"14.00:00:00\"")]
    [InlineData("Pawl:SameSite", "3", "write for example \"Lax\"")]
    [InlineData("Pawl:KeyEncryptionKey", "no base64!", "openssl rand -base64 32")]
    [InlineData("Pawl:TrustedOrigins", "https://app.example.com", "write for example [\"https://app.example.com\"]")]
    [InlineData("Pawl:SessionLimit", "0", "options.SessionLimit = 5")]
    public async Task What_cannot_be_honoured_stops_the_start_and_its_value_is_not_repeated(string key, string value, string sentence)
    {
        var thrown = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => StartAsync((key, value)));
        Assert.Contains(thrown.Failures, failure => failure.Contains(sentence, StringComparison.Ordinal));
        Assert.DoesNotContain("no base64!", thrown.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_but_the_events_can_be_configured_and_its_example_is_read()
    {
        var names = typeof(PawlOptions)
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(static p => p.Name)
            .Where(static name => name != nameof(PawlOptions.Events));
        Assert.Equal(names.Order(), ConfigurationSetting.All.Keys.Order());
        foreach (var (name, setting) in ConfigurationSetting.All)
        {
            var value = setting.Example.Trim('"');
            if (name is not ("KeyEncryptionKey" or "TrustedOrigins" or "ServiceClients"))
                Assert.True(setting.TryTake(Configuration((name, value)).GetSection(name), new PawlOptions()), name);
        }
    }

    private static Task<TestApp> StartAsync(params (string Key, string Value)[] values) =>
        TestApp.StartAsync(
            services: services => services.AddSingleton<IConfiguration>(Configuration(values)),
            more: static pawl => pawl.BindConfiguration("Pawl")
        );

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(static v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();
}
