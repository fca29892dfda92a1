using Pawl.Server;

return await Startup.RunAsync(async () =>
{
    var arguments = Arguments.Read(args);
    if (arguments.Text is { } text)
    {
        Console.Write(text);
        return;
    }
    var builder = WebApplication.CreateBuilder(arguments.Options).WithServerDefaults();
    var settings = ServerSettings.Read(builder.Configuration);

    var keyFolder = new KeyFolder(settings);
    settings.Store.AddSessions(builder.Services.AddPawl(settings.Apply).AddIdentityUsers<User>());
    keyFolder.AddTo(builder.Services);
    builder.Services.AddUsers(settings);
    builder.Services.AddAnswers();
    builder.Services.AddHealthChecks().AddPawl();

    var app = builder.Build();
    keyFolder.Prepare();
    if (arguments.Command is { } command)
    {
        await command.RunAsync(arguments.Words, app.Services);
        return;
    }
    app.UseAnswers();
    app.UseAuthentication();
    app.UseAuthorization();
    app.UsePage();
    app.MapPawl();
    app.MapAccounts();
    app.MapApi();
    app.MapHealthChecks("/health");
    await app.RunAsync();
});
