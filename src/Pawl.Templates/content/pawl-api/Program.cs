using System.Security.Claims;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Pawl;
using Pawl.AspNetCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContext<UserDatabase>(options => options.UseSqlite(builder.Configuration.GetConnectionString("Users")));
builder.Services.AddIdentityCore<User>().AddSignInManager().AddEntityFrameworkStores<UserDatabase>();
builder.Services.AddPawl()
    .AddIdentityUsers<User>()
    .AddSqliteStore(builder.Configuration.GetConnectionString("Sessions")!);

var app = builder.Build();
app.MapPawl(); // POST /auth/token refreshes, and POST /auth/revoke signs out.
app.MapPost("/register", async (Login login, UserManager<User> users) =>
{
    var result = await users.CreateAsync(new User { UserName = login.Email, Email = login.Email }, login.Password);
    return result.Succeeded
        ? Results.NoContent()
        : Results.ValidationProblem(result.Errors
            .GroupBy(error => error.Code)
            .ToDictionary(group => group.Key, group => group.Select(error => error.Description).ToArray()));
});
app.MapPost("/login", async (Login login, SignInManager<User> signIns) =>
{
    var user = await signIns.UserManager.FindByEmailAsync(login.Email);
    if (user is null || !(await signIns.CheckPasswordSignInAsync(user, login.Password, lockoutOnFailure: true)).Succeeded)
        return Results.Unauthorized();
    // Both tokens are in the body of the response. Browsers are refused: a page keeps its tokens in cookies.
    return Results.SignIn(await signIns.CreateUserPrincipalAsync(user), new PawlSignInProperties { Transport = SessionTransport.Body });
});
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

record Login(string Email, string Password);
