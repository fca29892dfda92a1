using Herbarium;
using Pawl;
using Pawl.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddPawl(options =>
{
    options.LoginPath = "/login";
    options.AccessDeniedPath = "/denied";
    options.RefreshOnRequest = RefreshOnRequest.Always; // No page has a script that could refresh.
}).BindConfiguration("Pawl").AddSqliteStore(builder.Configuration.GetConnectionString("Sessions") ?? "Data Source=sessions.db");
builder.Services.AddRazorPages(options => options.Conventions
    .AuthorizeFolder("/").AllowAnonymousToPage("/Login").AllowAnonymousToPage("/Denied").AllowAnonymousToPage("/Error"));
builder.Services.AddSingleton<Members>();

var app = builder.Build();
app.UseExceptionHandler(new ExceptionHandlerOptions
{
    ExceptionHandlingPath = "/error",
    StatusCodeSelector = e => e is StoreUnavailableException ? StatusCodes.Status503ServiceUnavailable : 500,
});
app.UseStaticFiles();
app.Use((context, next) =>
{
    // After a sign-out, Back must not show a page from the browser's memory.
    context.Response.Headers.CacheControl = "no-cache, no-store";
    return next(context);
});
app.MapRazorPages();
app.Run();
