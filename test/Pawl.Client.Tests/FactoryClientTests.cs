using Microsoft.Extensions.DependencyInjection;

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
}
