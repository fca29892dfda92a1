using Microsoft.AspNetCore.Authentication;

namespace Pawl.AspNetCore;

/// <summary>
/// The app's handlers for events of sessions. Set a delegate, or derive from this class and override a method; each method calls its
/// delegate. An exception of a handler reaches the app's own error handling.
/// </summary>
public class PawlEvents
{
    private static readonly Func<RefreshingContext, Task> AsksNothing = static _ => Task.CompletedTask;
    private static readonly Func<SessionEndedContext, Task> HearsNothing = static _ => Task.CompletedTask;

    /// <summary>
    /// Called at each sign-in before its session starts, and before the claims of a session are renewed. The handler may change the
    /// principal. By the properties it may change the time at which the session ends, and whether the session outlives the browser.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnSigningIn = signingIn =>
    /// {
    ///     if (!signingIn.IsRenewal &amp;&amp; signingIn.Principal!.IsInRole("admin"))
    ///         signingIn.Properties.ExpiresUtc = DateTimeOffset.UtcNow.AddHours(8);
    ///     return Task.CompletedTask;
    /// });
    /// </code>
    /// </example>
    public Func<SigningInContext, Task> OnSigningIn { get; set; } = static _ => Task.CompletedTask;

    /// <summary>
    /// Called at each sign-in, after the session is stored and before the response. A handler may reject the sign-in, for example because
    /// the user was disabled after the password was checked. From this point on, ending the user's sessions ends this one, too, so a
    /// check here leaves no gap. An exception ends the session.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnSessionStarting = async starting =>
    /// {
    ///     var users = starting.HttpContext.RequestServices.GetRequiredService&lt;UserManager&lt;User>>();
    ///     if (await users.FindByIdAsync(starting.Session.Subject) is null)
    ///         starting.Reject();
    /// });
    /// </code>
    /// </example>
    public Func<SessionStartingContext, Task> OnSessionStarting { get; set; } = static _ => Task.CompletedTask;

    /// <summary>
    /// Called for each session that has started, before the response with its tokens is written. Use it to record sign-ins, or to notify
    /// the user. If the client gets no tokens, as after an exception, the session ends at once.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnSessionStarted = started =>
    /// {
    ///     Console.WriteLine($"{started.Session.Subject} has signed in on {started.Session.Device}.");
    ///     return Task.CompletedTask;
    /// });
    /// </code>
    /// </example>
    public Func<SessionStartedContext, Task> OnSessionStarted { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Called before each refresh is answered. A handler may reject it, or replace the claims of the user.</summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnRefreshing = async refreshing =>
    /// {
    ///     var users = refreshing.HttpContext.RequestServices.GetRequiredService&lt;UserManager&lt;User>>();
    ///     if (await users.FindByIdAsync(refreshing.Session.Subject) is null)
    ///         refreshing.Reject();
    /// });
    /// </code>
    /// </example>
    public Func<RefreshingContext, Task> OnRefreshing { get; set; } = AsksNothing;

    /// <summary>
    /// Called for each session that this node has ended, for any reason. The reason <see cref="SessionEndReason.TokenReused"/> means
    /// theft.
    /// </summary>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options => options.Events.OnSessionEnded = ended =>
    /// {
    ///     if (ended.Reason == SessionEndReason.TokenReused)
    ///         Console.WriteLine($"Two devices hold one token of {ended.Subject}, session {ended.SessionId}.");
    ///     return Task.CompletedTask;
    /// });
    /// </code>
    /// </example>
    public Func<SessionEndedContext, Task> OnSessionEnded { get; set; } = HearsNothing;

    /// <summary>
    /// Called instead of the response 401 if a navigation is led to <see cref="PawlOptions.LoginPath"/>. The address is a path of this app
    /// with a query; the handler writes the response.
    /// </summary>
    /// <value>Redirects (302).</value>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options =>
    /// {
    ///     options.LoginPath = "/login";
    ///     options.Events.OnRedirectToLogin = context =>
    ///     {
    ///         context.Response.Redirect(context.RedirectUri + "&amp;lang=" + context.Request.Query["lang"]);
    ///         return Task.CompletedTask;
    ///     };
    /// });
    /// </code>
    /// </example>
    public Func<RedirectContext<PawlOptions>, Task> OnRedirectToLogin { get; set; } = Redirects;

    /// <summary>
    /// Called instead of the response 403 if a navigation is led to <see cref="PawlOptions.AccessDeniedPath"/>. The address is a path of
    /// this app with a query; the handler writes the response.
    /// </summary>
    /// <value>Redirects (302).</value>
    /// <example>
    /// <code>
    /// builder.Services.AddPawl(options =>
    /// {
    ///     options.AccessDeniedPath = "/denied";
    ///     options.Events.OnRedirectToAccessDenied = context =>
    ///     {
    ///         context.Response.StatusCode = StatusCodes.Status404NotFound; // Does not tell that the page exists.
    ///         return Task.CompletedTask;
    ///     };
    /// });
    /// </code>
    /// </example>
    public Func<RedirectContext<PawlOptions>, Task> OnRedirectToAccessDenied { get; set; } = Redirects;

    /// <summary>Calls <see cref="OnSigningIn"/>.</summary>
    /// <param name="context">The sign-in.</param>
    public virtual Task SigningIn(SigningInContext context) => OnSigningIn(context);

    /// <summary>Calls <see cref="OnSessionStarting"/>.</summary>
    /// <param name="context">The session.</param>
    public virtual Task SessionStarting(SessionStartingContext context) => OnSessionStarting(context);

    /// <summary>Calls <see cref="OnSessionStarted"/>.</summary>
    /// <param name="context">The session.</param>
    public virtual Task SessionStarted(SessionStartedContext context) => OnSessionStarted(context);

    /// <summary>Calls <see cref="OnRefreshing"/>.</summary>
    /// <param name="context">The refresh.</param>
    public virtual Task Refreshing(RefreshingContext context) => OnRefreshing(context);

    /// <summary>Calls <see cref="OnSessionEnded"/>.</summary>
    /// <param name="context">The end.</param>
    public virtual Task SessionEnded(SessionEndedContext context) => OnSessionEnded(context);

    /// <summary>Calls <see cref="OnRedirectToLogin"/>.</summary>
    /// <param name="context">The redirect.</param>
    public virtual Task RedirectToLogin(RedirectContext<PawlOptions> context) => OnRedirectToLogin(context);

    /// <summary>Calls <see cref="OnRedirectToAccessDenied"/>.</summary>
    /// <param name="context">The redirect.</param>
    public virtual Task RedirectToAccessDenied(RedirectContext<PawlOptions> context) => OnRedirectToAccessDenied(context);

    // A derived class may override the method instead of setting the delegate.
    internal bool AsksAtRefresh => OnRefreshing != AsksNothing || GetType() != typeof(PawlEvents);

    internal bool HearsOfEnds => OnSessionEnded != HearsNothing || GetType() != typeof(PawlEvents);

    internal bool IsComplete =>
        OnSigningIn is not null
        && OnSessionStarting is not null
        && OnSessionStarted is not null
        && OnRefreshing is not null
        && OnSessionEnded is not null
        && OnRedirectToLogin is not null
        && OnRedirectToAccessDenied is not null;

    private static Task Redirects(RedirectContext<PawlOptions> context)
    {
        context.Response.Redirect(context.RedirectUri);
        return Task.CompletedTask;
    }
}
