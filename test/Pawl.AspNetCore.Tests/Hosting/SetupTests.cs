using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// Calls that do not fit together stop the start, with the line to write, or are only logged if they may be intended.
/// </summary>
public sealed class SetupTests
{
    [Fact]
    public async Task Keys_in_memory_only_stop_the_start_in_production()
    {
        using var folder = new TestFolder();
        var thrown = await Assert.ThrowsAnyAsync<OptionsValidationException>(() => StartAsync(folder, static services =>
            {
                services.AddDataProtection().UseEphemeralDataProtectionProvider();
                AddStore(services, services.AddPawl());
            }));
        Assert.Contains("PersistKeysToFileSystem", thrown.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.Database));
    }

    [Fact]
    public async Task Keys_in_memory_stop_the_start_beside_a_repository_that_the_provider_does_not_use()
    {
        using var folder = new TestFolder();
        await Assert.ThrowsAnyAsync<OptionsValidationException>(() => StartAsync(folder, services =>
            {
                services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(folder.Path)).UseEphemeralDataProtectionProvider();
                AddStore(services, services.AddPawl());
            }));
    }

    [Theory]
    [InlineData(false, "AddIdentityApiEndpoints<IdentityUser>()")]
    [InlineData(true, "AddEntityFrameworkStores")]
    public async Task AddIdentityUsers_without_Identity_stops_the_start(bool hasSignIn, string line)
    {
        using var folder = new TestFolder();
        var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => StartAsync(folder, services =>
            {
                if (hasSignIn)
                    services.AddIdentityCore<IdentityUser>().AddSignInManager();
                AddStore(services, services.AddPawl().AddIdentityUsers<IdentityUser>());
            }));
        Assert.Contains(line, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task A_scheme_of_its_own_beside_Identitys_stops_the_start(bool isClassic, bool isIdentityLast)
    {
        using var folder = new TestFolder();
        var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => StartAsync(folder, services =>
            {
                if (!isIdentityLast)
                    AddIdentity(services, folder, isClassic);
                AddStore(services, services.AddPawl());
                if (isIdentityLast)
                    AddIdentity(services, folder, isClassic);
            }));
        Assert.Contains("AddPawl(IdentityConstants.ApplicationScheme)", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sessions", false)]
    [InlineData("Identity.Application", false)]
    [InlineData("Identity.Application", true)]
    public async Task A_scheme_with_a_name_of_its_own_or_Identitys_does_not(string scheme, bool isClassic)
    {
        using var folder = new TestFolder();
        await StartAsync(folder, services =>
        {
            AddIdentity(services, folder, isClassic);
            AddStore(services, services.AddPawl(scheme));
        });
    }

    [Fact]
    public async Task Identity_without_AddIdentityUsers_is_warned_of()
    {
        using var folder = new TestFolder();
        Assert.Contains(22, await StartAsync(folder, services => Add(services, static pawl => pawl)));
        Assert.DoesNotContain(
            22,
            await StartAsync(folder, services => Add(services, static pawl => pawl.AddIdentityUsers<IdentityUser>()))
        );
        Assert.DoesNotContain(
            22,
            await StartAsync(folder, services =>
                Add(services, static pawl => pawl, static o => o.Events.OnRefreshing = static _ => Task.CompletedTask)
            )
        );

        void Add(IServiceCollection services, Func<PawlBuilder, PawlBuilder> more, Action<PawlOptions>? configure = null)
        {
            AddIdentity(services, folder, isClassic: false);
            AddStore(services, more(services.AddPawl(IdentityConstants.ApplicationScheme, configure)));
        }
    }

    [Fact]
    public void A_second_store_is_refused_where_it_is_added()
    {
        var pawl = new ServiceCollection().AddPawl().AddSqliteStore("Data Source=a.db");
        var refused = Assert.Throws<InvalidOperationException>(() => pawl.AddSqliteStore("Data Source=b.db"));
        Assert.Contains("only one of AddSqliteStore", refused.Message, StringComparison.Ordinal);

        var own = new ServiceCollection();
        own.AddSingleton<ISessionStore>(static _ => null!);
        Assert.Throws<InvalidOperationException>(() => own.AddPawl().AddSqliteStore("Data Source=b.db"));
    }

    [Fact]
    public async Task A_second_store_that_is_registered_by_hand_stops_the_start()
    {
        using var folder = new TestFolder();
        var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => StartAsync(folder, static services =>
            {
                AddStore(services, services.AddPawl());
                services.AddSingleton<ISessionStore>(static _ => new WatchedStore(null!));
            }));
        Assert.Contains("remove one of the two", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Endpoints_that_are_mapped_twice_stop_the_start_and_missing_ones_are_warned_of()
    {
        using var folder = new TestFolder();
        Assert.Contains(21, await StartAsync(folder, static services => AddStore(services, services.AddPawl()), static _ => { }));
        Assert.DoesNotContain(21, await StartAsync(folder, static services => AddStore(services, services.AddPawl())));
        var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() =>
            StartAsync(
                folder,
                static services => AddStore(services, services.AddPawl()),
                static app =>
                {
                    app.MapPawl();
                    app.MapPawl();
                }
            )
        );
        Assert.Contains("write app.MapPawl() once", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RefreshOnRequest.Navigations, "/login")]
    [InlineData(RefreshOnRequest.Always, null)]
    public async Task Missing_endpoints_are_only_mentioned_if_an_app_can_do_without(RefreshOnRequest refresh, string? page)
    {
        using var folder = new TestFolder();
        var messages = await StartAsync(
            folder,
            services => AddStore(services, services.AddPawl(o => (o.RefreshOnRequest, o.LoginPath) = (refresh, new(page)))),
            static _ => { }
        );

        Assert.Contains(27, messages);
        Assert.DoesNotContain(21, messages);
    }

    [Fact]
    public async Task Another_handlers_scheme_is_not_taken_over()
    {
        using var folder = new TestFolder();
        var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => StartAsync(folder, static services =>
            {
                services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, Nobody>("Bearer", null);
                AddStore(services, services.AddPawl("Bearer"));
            }));
        Assert.Contains("AddPawl(\"Sessions\")", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_health_check_without_Pawl_stops_the_start()
    {
        using var folder = new TestFolder();
        var thrown = await Assert.ThrowsAnyAsync<InvalidOperationException>(() =>
            StartAsync(folder, static services => services.AddHealthChecks().AddPawl(), static _ => { })
        );
        Assert.Contains("builder.Services.AddPawl()", thrown.Message, StringComparison.Ordinal);
    }

    // Starts an app in production and returns the ids of the messages in its log.
    private static async Task<int[]> StartAsync(TestFolder folder, Action<IServiceCollection> services, Action<WebApplication>? map = null)
    {
        using var logs = new CapturedLogs();
        var builder = TestApp.NewBuilder();
        builder.Logging.AddProvider(logs);
        builder.Services.AddSingleton(folder);
        services(builder.Services);
        // The app may have its own.
        if (!builder.Services.Any(static s => s.ImplementationType == typeof(EphemeralDataProtectionProvider)))
            builder.Services.AddDataProtection().PersistKeysToFileSystem(new DirectoryInfo(folder.Path));
        await using var app = builder.Build();
        (map ?? (static app => app.MapPawl()))(app);
        await app.StartAsync(TestContext.Current.CancellationToken);
        await app.StopAsync(TestContext.Current.CancellationToken);
        return [.. logs.All.Where(static e => e.Category.StartsWith("Pawl", StringComparison.Ordinal)).Select(static e => e.EventId.Id)];
    }

    private static void AddStore(IServiceCollection services, PawlBuilder pawl)
    {
        var folder = (TestFolder)services.Single(static s => s.ServiceType == typeof(TestFolder)).ImplementationInstance!;
        pawl.AddSqliteStore($"Data Source={folder.Database}");
    }

    private static void AddIdentity(IServiceCollection services, TestFolder folder, bool isClassic)
    {
        services.AddDbContext<UserDatabase>(o => o.UseSqlite($"Data Source={Path.Combine(folder.Path, "users.db")};Pooling=False"));
        if (isClassic)
            services.AddIdentity<IdentityUser, IdentityRole>().AddEntityFrameworkStores<UserDatabase>();
        else
            services.AddIdentityApiEndpoints<IdentityUser>().AddEntityFrameworkStores<UserDatabase>();
    }

    private sealed class Nobody(
        IOptionsMonitor<AuthenticationSchemeOptions> options,
        ILoggerFactory loggers,
        System.Text.Encodings.Web.UrlEncoder encoder
    ) : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(AuthenticateResult.NoResult());
    }
}
