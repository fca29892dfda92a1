extern alias IdentitySample;

using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.UI.Services;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using IdentityProgram = IdentitySample::Program;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// <c>samples/Identity</c>, whose pages are those of the package Microsoft.AspNetCore.Identity.UI, with the test's clock. Its mails are
/// kept.
/// </summary>
internal sealed class IdentityUi : IDisposable
{
    public const string Password = "Correct-horse-7";

    // An authenticator's codes are compared with the machine's clock.
    public TestClock Clock { get; } = new(DateTimeOffset.UtcNow);

    public CapturedLogs Logs { get; } = new();

    private readonly TestFolder _folder = new();
    private readonly Mails _mails = new();
    private readonly WebApplicationFactory<IdentityProgram> _app;

    public IdentityUi(Action<IServiceCollection>? services = null) =>
        _app = new WebApplicationFactory<IdentityProgram>().WithWebHostBuilder(host =>
            host.UseSetting("ConnectionStrings:Sessions", $"Data Source={_folder.Database}")
                .UseSetting("ConnectionStrings:DefaultConnection", $"Data Source={Path.Combine(_folder.Path, "users.db")};Pooling=False")
                .UseSetting("hostBuilder:reloadConfigOnChange", "false")
                .ConfigureLogging(logging => logging.ClearProviders().AddProvider(Logs))
                .ConfigureTestServices(all =>
                {
                    all.AddSingleton<TimeProvider>(Clock);
                    all.AddSingleton<IDataProtectionProvider>(_folder.DataProtection);
                    all.AddSingleton<IEmailSender>(_mails);
                    // The work factor of a password hash is not what is tested here.
                    all.Configure<PasswordHasherOptions>(static o => o.IterationCount = 10);
                    services?.Invoke(all);
                })
        );

    public IServiceProvider Services => _app.Services;

    public PageVisitor NewVisitor(Browser? browser = null) =>
        new(browser ?? new Browser(new HttpClient(_app.Server.CreateHandler()), Clock, new Uri(TestApp.Origin)));

    /// <summary>The link in the last mail to an address.</summary>
    public string LastLink(string email) =>
        WebUtility.HtmlDecode(Regex.Match(_mails.Last[email], "href='([^']*)'").Groups[1].Value)[TestApp.Origin.Length..];

    /// <summary>Registers a user by the pages, and follows the link of the mail that confirms the address.</summary>
    public async Task<PageVisitor> RegisterAsync(string email)
    {
        var visitor = NewVisitor();
        await visitor.OpenAsync("/Identity/Account/Register");
        await visitor.SubmitAsync(
            "registerForm",
            ("Input.Email", email),
            ("Input.Password", Password),
            ("Input.ConfirmPassword", Password)
        );
        await visitor.OpenAsync(LastLink(email));
        Assert.Contains("Thank you for confirming your email", visitor.Text, StringComparison.Ordinal);
        return visitor;
    }

    /// <summary>A visitor who has registered and signed in.</summary>
    public async Task<PageVisitor> SignInAsync(string email, bool isRemembered = false)
    {
        var visitor = await RegisterAsync(email);
        await visitor.LogInAsync(email, isRemembered);
        Assert.Contains($"Hello {email}!", visitor.Text, StringComparison.Ordinal);
        return visitor;
    }

    public void Dispose()
    {
        _app.Dispose();
        _folder.Dispose();
    }

    private sealed class Mails : IEmailSender
    {
        public ConcurrentDictionary<string, string> Last { get; } = new(StringComparer.Ordinal);

        public Task SendEmailAsync(string email, string subject, string htmlMessage)
        {
            Last[email] = htmlMessage;
            return Task.CompletedTask;
        }
    }
}

internal static class IdentityPages
{
    public static async Task LogInAsync(
        this PageVisitor visitor,
        string email,
        bool isRemembered = false,
        string password = IdentityUi.Password
    )
    {
        await visitor.OpenAsync("/Identity/Account/Login");
        await visitor.FillInLoginAsync(email, isRemembered, password);
    }

    public static Task FillInLoginAsync(
        this PageVisitor visitor,
        string email,
        bool isRemembered = false,
        string password = IdentityUi.Password
    ) =>
        visitor.SubmitAsync(
            "id=\"account\"",
            ("Input.Email", email),
            ("Input.Password", password),
            ("Input.RememberMe", isRemembered ? "true" : "false")
        );

    /// <summary>Whether a page that needs a user is shown, and not the login page.</summary>
    public static async Task<bool> IsSignedInAsync(this PageVisitor visitor)
    {
        await visitor.OpenAsync("/Identity/Account/Manage");
        Assert.Equal(200, visitor.Page.Status);
        return visitor.Address.StartsWith("/Identity/Account/Manage", StringComparison.Ordinal);
    }
}
