using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Pawl.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContext<UserDatabase>(options => options.UseSqlite(builder.Configuration.GetConnectionString("Users")));
builder.Services.AddIdentity<User, IdentityRole>().AddEntityFrameworkStores<UserDatabase>();
builder.Services.AddPawl(IdentityConstants.ApplicationScheme, options =>
    {
        options.LoginPath = "/login";
        options.RefreshOnRequest = RefreshOnRequest.Always; // No page has a script that could refresh.
    })
    .AddIdentityUsers<User>()
    .AddSqliteStore(builder.Configuration.GetConnectionString("Sessions")!);
builder.Services.AddRazorPages(options => options.Conventions.AuthorizeFolder("/").AllowAnonymousToPage("/Login"));

var app = builder.Build();
app.UseStaticFiles();
app.MapRazorPages();

using (var scope = app.Services.CreateScope())
    scope.ServiceProvider.GetRequiredService<UserDatabase>().Database.EnsureCreated(); // Use migrations before the first release.
try
{
    app.Run();
    return 0;
}
catch (Exception e) when (e is ArgumentOutOfRangeException { ParamName: "port" } || e.InnerException is AddressInUseException)
{
    Console.Error.WriteLine($"{e.Message.TrimEnd('.')}; choose another address, for example: dotnet run --urls http://localhost:5081");
    return 1;
}
