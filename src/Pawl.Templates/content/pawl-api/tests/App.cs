using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Pawl.Testing;

/// <summary>The app, with users and sessions of this test's own.</summary>
public sealed class App : WebApplicationFactory<Program>
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public TestClock Clock { get; } = new();

    protected override void ConfigureWebHost(IWebHostBuilder builder) => builder
        .UseSetting("ConnectionStrings:Users", $"Data Source={_folder}/users.db;Pooling=False")
        .UseMemoryStore()
        .UseClock(Clock);

    /// <summary>Adds a user, and returns the id.</summary>
    public async Task<string> AddUserAsync(string email)
    {
        await using var scope = Services.CreateAsyncScope();
        var user = new User { UserName = email, Email = email };
        var result = await scope.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(user, "Correct-horse-7");
        Assert.True(result.Succeeded, string.Join(' ', result.Errors.Select(error => error.Description)));
        return user.Id;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
