using System.Security.Claims;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContext<UserDatabase>(options => options.UseSqlite(builder.Configuration.GetConnectionString("Users")));
builder.Services.AddIdentityApiEndpoints<User>().AddEntityFrameworkStores<UserDatabase>();
builder.Services.AddPawl(IdentityConstants.ApplicationScheme)
    .AddIdentityUsers<User>()
    .AddSqliteStore(builder.Configuration.GetConnectionString("Sessions")!);

var app = builder.Build();
app.UseFileServer();
app.MapPawl();
app.MapIdentityApi<User>();
app.MapGet("/notes", (ClaimsPrincipal user) => $"The notes of {user.FindFirstValue(ClaimTypes.NameIdentifier)}").RequireAuthorization();

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
