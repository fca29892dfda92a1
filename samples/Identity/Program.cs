using Identity.Data;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

// The app that `dotnet new webapp --auth Individual` makes. The line with AddPawl is the only one that concerns sessions.
var builder = WebApplication.CreateBuilder(args);

var connectionString = builder.Configuration.GetConnectionString("DefaultConnection") ?? "Data Source=app.db";
builder.Services.AddDbContext<ApplicationDbContext>(options => options.UseSqlite(connectionString));
builder.Services.AddDefaultIdentity<IdentityUser>(options => options.SignIn.RequireConfirmedAccount = true)
    .AddEntityFrameworkStores<ApplicationDbContext>();
builder.Services.AddRazorPages();
// A provider for external logins, if the configuration names one.
if (builder.Configuration.GetSection("Authentication:Schemes:OpenIdConnect").Exists())
    builder.Services.AddAuthentication().AddOpenIdConnect();

var sessions = builder.Configuration.GetConnectionString("Sessions") ?? "Data Source=sessions.db";
builder.Services.AddPawl(IdentityConstants.ApplicationScheme).AddIdentityUsers<IdentityUser>().AddSqliteStore(sessions);

var app = builder.Build();

// The template uses migrations here, which need a tool.
using (var scope = app.Services.CreateScope())
    scope.ServiceProvider.GetRequiredService<ApplicationDbContext>().Database.EnsureCreated();

if (!app.Environment.IsDevelopment())
{
    app.UseExceptionHandler("/Error");
    app.UseHsts();
}

app.UseHttpsRedirection();

app.UseRouting();

app.UseAuthorization();

app.MapStaticAssets();
app.MapRazorPages()
   .WithStaticAssets();

app.Run();
