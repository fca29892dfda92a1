using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore.Tests;

/// <summary>An app that cannot read its keys at start names the cause.</summary>
public sealed class MovedDeploymentTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task An_app_moved_to_another_folder_is_told_to_set_the_application_name()
    {
        var (old, @new) = (NewFolder("one"), NewFolder("two"));
        await RunAsync(old);

        var thrown = await Assert.ThrowsAnyAsync<StoreUnavailableException>(() => RunAsync(@new));

        Assert.Contains("SetApplicationName", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(@new, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Bring back", thrown.Message, StringComparison.Ordinal);
        // The remedy of the message: the old path, in the form in which the message shows the new one.
        var name = thrown.Message.Split('\'')[1].Replace(@new, old, StringComparison.Ordinal);
        await RunAsync(@new, dataProtection => dataProtection.SetApplicationName(name));
    }

    [Fact]
    public async Task An_app_whose_key_folder_was_replaced_is_told_which_key_is_missing()
    {
        var root = NewFolder("one");
        await RunAsync(root);
        var key = Directory.GetFiles(KeyFolder).Single();
        Directory.Move(KeyFolder, NewFolder("elsewhere") + "/keys");

        var thrown = await Assert.ThrowsAnyAsync<StoreUnavailableException>(() => RunAsync(root));

        Assert.Contains("Bring back the Data Protection keys", thrown.Message, StringComparison.Ordinal);
        Assert.Contains(Path.GetFileNameWithoutExtension(key)["key-".Length..], thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("SetApplicationName", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_whose_Data_Protection_key_was_revoked_is_told_so()
    {
        var root = NewFolder("one");
        await RunAsync(root);
        await using (var app = Build(root))
            app.Services.GetRequiredService<IKeyManager>().RevokeAllKeys(DateTimeOffset.UtcNow);

        var thrown = await Assert.ThrowsAnyAsync<StoreUnavailableException>(() => RunAsync(root));

        Assert.Contains("has been revoked", thrown.Message, StringComparison.Ordinal);
    }

    private string KeyFolder => Path.Combine(_folder.Path, "keys");

    private string NewFolder(string name) => Directory.CreateDirectory(Path.Combine(_folder.Path, name)).FullName;

    private async Task RunAsync(string contentRoot, Action<IDataProtectionBuilder>? configure = null)
    {
        await using var app = Build(contentRoot, configure);
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    private WebApplication Build(string contentRoot, Action<IDataProtectionBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = ["--hostBuilder:reloadConfigOnChange=false"],
                EnvironmentName = "Production",
                ContentRootPath = contentRoot,
            }
        );
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        var dataProtection = builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(KeyFolder));
        configure?.Invoke(dataProtection);
        builder.Services.AddPawl().AddSqliteStore($"Data Source={_folder.Database}");
        return builder.Build();
    }

    public void Dispose() => _folder.Dispose();
}
