using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
// A page that calls APIs of other origins holds the access token itself. The server then starts the session so, too.
builder.Services.AddBrowserSession(session => session.UsesBearerTokens = builder.Configuration.GetValue<bool>("HoldsToken"));
builder.Services.AddHttpClient("", client => client.BaseAddress = new Uri(builder.HostEnvironment.BaseAddress)).AddBrowserSession();
await builder.Build().RunAsync();
