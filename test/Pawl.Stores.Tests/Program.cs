using Pawl.Stores.Tests;

// Another process of a test, or the tests.
if (args is ["worker", .. var work])
    return await Worker.RunAsync(work);
return args.Any(static arg => arg is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
