using Pawl.Server;

return await Startup.RunAsync(async () =>
{
    var builder = WebApplication.CreateBuilder(args).WithServerDefaults();
    var settings = ServerSettings.Read(builder.Configuration);

    var keyFolder = new KeyFolder(settings);
    settings.Store.AddSessions(builder.Services.AddPawl(settings.Apply).AddIdentityUsers<User>());
    keyFolder.AddTo(builder.Services);
    builder.Services.AddUsers(settings);
    builder.Services.AddAnswers();
    builder.Services.AddHealthChecks().AddPawl();

    var app = builder.Build();
    keyFolder.Prepare();
    if (KeyCommand.Is(args))
    {
        await KeyCommand.RunAsync(args, app.Services);
        return;
    }
    if (SessionCommand.Is(args))
    {
        await SessionCommand.RunAsync(args, app.Services);
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
