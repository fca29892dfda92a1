using System.Text;
using System.Text.Json;
using Pawl.Client;

// cli <server> login <user>, whoami, me, refresh, loop <seconds> [longest pause in ms] or logout.
// The password comes from PAWL_PASSWORD, the file of the tokens from PAWL_VAULT. With PAWL_DPOP=1 the session is bound to a key in that
// file.
if (args is not [var server, var command, ..])
{
    Console.Error.WriteLine("usage: cli <server> login <user> | whoami | me | refresh | loop <seconds> [ms] | logout");
    return 2;
}
var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
var options = new PawlSessionOptions
{
    Server = new Uri(server),
    Vault = new FileTokenVault(Environment.GetEnvironmentVariable("PAWL_VAULT") ?? Path.Combine(home, ".pawl-cli", "tokens.json")),
};
if (Environment.GetEnvironmentVariable("PAWL_DPOP") == "1")
    options.UseDpop();
using var session = new PawlSession(options);
using var client = new HttpClient(new PawlSessionHandler(session) { InnerHandler = new SocketsHttpHandler() });

switch (command)
{
    case "login":
        return Report(await session.SignInAsync("/auth/login", Login(args[2], Environment.GetEnvironmentVariable("PAWL_PASSWORD") ?? "")));
    case "me":
        Console.WriteLine(await client.GetStringAsync(new Uri(new Uri(server), "/auth/session")));
        return Report(await session.GetTokenAsync());
    case "whoami":
        return Report(await session.GetTokenAsync());
    case "refresh":
        return Report(await session.GetTokenAsync() is SignedIn old ? await session.RefreshAsync(old) : await session.GetTokenAsync());
    case "loop":
        var end = TimeProvider.System.GetUtcNow().AddSeconds(int.Parse(args[2]));
        while (TimeProvider.System.GetUtcNow() < end)
        {
            var result = await session.GetTokenAsync();
            if (result is SignedIn token && Random.Shared.Next(10) == 0)
                result = await session.RefreshAsync(token);
            if (result is SignedOut)
                return Report(result);
            await Task.Delay(Random.Shared.Next(args.Length > 3 ? int.Parse(args[3]) : 100));
        }
        return 0;
    case "logout":
        return Report(await session.SignOutAsync()) == 1 ? 0 : 3;
    default:
        return 2;
}

static int Report(SessionResult result)
{
    Console.WriteLine(result);
    return result switch { SignedIn => 0, SignedOut => 1, _ => 3 };
}

static StringContent Login(string user, string password)
{
    using var bytes = new MemoryStream();
    using (var json = new Utf8JsonWriter(bytes))
    {
        json.WriteStartObject();
        json.WriteString("email", user);
        json.WriteString("password", password);
        json.WriteString("transport", "body");
        json.WriteEndObject();
    }
    return new StringContent(Encoding.UTF8.GetString(bytes.ToArray()), Encoding.UTF8, "application/json");
}
