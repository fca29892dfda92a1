using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Pawl.AspNetCore.Tests;

internal sealed class UserDatabase(DbContextOptions<UserDatabase> options) : IdentityDbContext<IdentityUser>(options);

/// <summary>An app on ASP.NET Core Identity whose MapIdentityApi is as the framework ships it.</summary>
internal static class IdentityApp
{
    public const string Password = "Correct-horse-7";

    /// <summary>The two ways in which apps add Identity's endpoints.</summary>
    public static Task<TestApp> StartAsync(
        TestFolder folder,
        bool core = false,
        bool asksUsers = false,
        Action<PawlOptions>? pawl = null,
        Action<IEndpointRouteBuilder>? map = null,
        bool isIdentityLater = false,
        Action<IServiceCollection>? others = null,
        TestClock? clock = null,
        Action<PawlBuilder>? more = null
    ) =>
        TestApp.StartAsync(
            pawl,
            folder: folder,
            clock: clock,
            scheme: IdentityConstants.ApplicationScheme,
            more: builder =>
            {
                if (asksUsers)
                    builder.AddIdentityUsers<IdentityUser>();
                if (isIdentityLater)
                    AddIdentity(builder.Services, core);
                more?.Invoke(builder);
            },
            services: services =>
            {
                services.AddDbContext<UserDatabase>(o => o.UseSqlite($"Data Source={Path.Combine(folder.Path, "users.db")};Pooling=False"));
                // The work factor of a password hash is not what is tested here.
                services.Configure<PasswordHasherOptions>(static o => o.IterationCount = 10);
                if (!isIdentityLater)
                    AddIdentity(services, core);
                others?.Invoke(services);
            },
            map: app =>
            {
                using (var scope = app.Services.CreateScope())
                    scope.ServiceProvider.GetRequiredService<UserDatabase>().Database.EnsureCreated();
                app.MapIdentityApi<IdentityUser>();
                MapOwn(app);
                map?.Invoke(app);
            }
        );

    private static void AddIdentity(IServiceCollection services, bool core)
    {
        if (core)
            services.AddIdentityCore<IdentityUser>().AddRoles<IdentityRole>().AddEntityFrameworkStores<UserDatabase>().AddApiEndpoints();
        else
            services.AddIdentityApiEndpoints<IdentityUser>().AddRoles<IdentityRole>().AddEntityFrameworkStores<UserDatabase>();
    }

    public static async Task<Browser> RegisterAsync(this TestApp app, string email)
    {
        app.Folder.Secrets.Learn(Password);
        var browser = app.NewBrowser();
        Assert.Equal(200, (await browser.PostAsync("/register", new { email, password = Password })).Status);
        return browser;
    }

    public static Task<Answer> LoginAsync(this Browser browser, string email, string password = Password) =>
        browser.PostAsync("/login?useCookies=true", new { email, password });

    /// <summary>Does something to a user behind everybody's back.</summary>
    public static async Task ChangeAsync(
        this TestApp app,
        string email,
        Func<UserManager<IdentityUser>, IdentityUser, Task<IdentityResult>> change
    )
    {
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<IdentityUser>>();
        var result = await change(users, (await users.FindByEmailAsync(email))!);
        Assert.True(result.Succeeded, result.ToString());
    }

    private static void MapOwn(IEndpointRouteBuilder app)
    {
        app.MapPost("/leave", (SignInManager<IdentityUser> signIn) => signIn.SignOutAsync()).RequireAuthorization();
        app.MapGet("/is-signed-in", (SignInManager<IdentityUser> signIn, ClaimsPrincipal me) => signIn.IsSignedIn(me));
        app.MapPost("/reload", async (SignInManager<IdentityUser> signIn, UserManager<IdentityUser> users, ClaimsPrincipal me) =>
                await signIn.RefreshSignInAsync((await users.GetUserAsync(me))!)
            )
            .RequireAuthorization();
        app.MapPost(
                "/change-password",
                async (HttpContext context, SignInManager<IdentityUser> signIn, UserManager<IdentityUser> users, string to) =>
                {
                    var user = (await users.GetUserAsync(context.User))!;
                    await users.ChangePasswordAsync(user, Password, to);
                    await signIn.RefreshSignInAsync(user);
                }
            )
            .RequireAuthorization();
    }
}
