using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Pawl.Client.Tests;

public sealed class FactoryClientTests
{
    [Fact]
    public async Task Clients_of_the_factory_share_the_session_of_their_account_and_no_other()
    {
        await using var app = await ClientApp.StartAsync();
        var services = new ServiceCollection();
        services.AddPawlSession(options => (options.Server, options.TimeProvider) = (app.Address, app.Clock));
        services.AddKeyedPawlSession("work", options => (options.Server, options.TimeProvider) = (app.Address, app.Clock));
        services.AddHttpClient("home").AddPawlSession();
        services.AddHttpClient("work").AddPawlSession("work");
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<PawlSession>().SignInAsync("/login/ada", new StringContent(""), Stop);
        await provider.GetRequiredKeyedService<PawlSession>("work").SignInAsync("/login/eve", new StringContent(""), Stop);
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        app.Expire();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("ada", await factory.CreateClient("home").GetStringAsync(new Uri(app.Address, "/me"), Stop));
            Assert.Equal("eve", await factory.CreateClient("work").GetStringAsync(new Uri(app.Address, "/me"), Stop));
        }
        Assert.Equal(2, app.Refreshes);
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("https://ada@example.com")]
    [InlineData("ftp://example.com")]
    public void A_server_whose_tokens_others_could_read_is_refused(string server) =>
        Assert.Throws<ArgumentException>(() => new PawlSession(new PawlSessionOptions { Server = new Uri(server) }));

    [Fact]
    public async Task Two_accounts_that_share_a_vault_by_mistake_do_not_share_a_session()
    {
        await using var app = await ClientApp.StartAsync();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(app.Clock).AddSingleton<MemoryTokenVault>();
        foreach (var key in (string[])["home", "work"])
        {
            services.AddKeyedPawlSession(key, options => options.Server = app.Address);
            services.AddOptions<PawlSessionOptions>(key).Configure<MemoryTokenVault>(static (options, vault) => options.Vault = vault);
        }
        await using var provider = services.BuildServiceProvider();
        var (home, work) = (provider.GetRequiredKeyedService<PawlSession>("home"), provider.GetRequiredKeyedService<PawlSession>("work"));
        Assert.IsType<SignedIn>(await home.SignInAsync("/login/ada", new StringContent(""), Stop));
        Assert.Contains("another account", Assert.IsType<Unavailable>(await work.GetTokenAsync(Stop)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_options_come_from_a_configuration_and_the_clock_is_the_registered_one()
    {
        await using var app = await ClientApp.StartAsync();
        var services = new ServiceCollection();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("Server", app.Address.ToString()), new("Origins:0", "https://api.example.com")])
            .Build();
        services.AddSingleton<TimeProvider>(app.Clock).AddPawlSession();
        services.Configure<PawlSessionOptions>(configuration);
        await using var provider = services.BuildServiceProvider();
        var session = provider.GetRequiredService<PawlSession>();
        await session.SignInAsync("/login/ada", new StringContent(""), Stop);
        app.Expire();
        Assert.IsType<SignedIn>(await session.GetTokenAsync(Stop));
        Assert.Equal(1, app.Refreshes);
    }

    [Fact]
    public async Task A_host_whose_session_cannot_work_does_not_start_and_says_which()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddKeyedPawlSession("work", static options => options.Server = new Uri("http://example.com"));
        using var host = builder.Build();
        var fault = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(Stop));
        Assert.Contains("Pawl session work: Server must be an absolute https URL", fault.Message, StringComparison.Ordinal);
    }
}
