using System.Text.RegularExpressions;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A page whose blocks are done in order, as a reader does: commands (<c>sh</c>), files, which are named in the line above them, and
/// commands with what they write (<c>console</c>), where an ellipsis stands for anything.
/// </summary>
internal sealed partial class Walkthrough(string page, Shell shell)
{
    public async Task<int> FollowAsync()
    {
        var steps = 0;
        foreach (Match block in Block().Matches(page))
        {
            var code = block.Groups["code"].Value;
            await (
                block.Groups["kind"].Value switch
                {
                    "sh" => DoAsync(code),
                    "console" => CompareAsync(code),
                    _ => WriteAsync(block.Groups["file"].Value, code),
                }
            );
            steps++;
        }
        return steps;
    }

    private async Task DoAsync(string commands)
    {
        shell.Stop();
        foreach (var command in commands.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            await (Program().IsMatch(command) ? shell.StartAsync(command) : shell.RunAsync(command));
    }

    private async Task WriteAsync(string file, string content)
    {
        Assert.True(file.Length > 0, $"No line above this block names its file:\n{content}");
        var path = Path.Combine(shell.Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, content);
    }

    private async Task CompareAsync(string transcript)
    {
        foreach (var step in $"\n{transcript}".Split("\n$ ", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = step.Split('\n', 2);
            var (command, shown) = (lines[0], lines.Length > 1 ? lines[1].Trim() : "");
            var output = (await shell.RunAsync(command)).Trim();
            Assert.True(
                Regex.IsMatch(output, $"^{Regex.Escape(shown).Replace("…", ".*", StringComparison.Ordinal)}$"),
                $"$ {command}\nThe page shows:\n{shown}\nIt is:\n{output}"
            );
        }
    }

    [GeneratedRegex("""(`(?<file>[\w./]+)`:\n\n)?^```(?<kind>\w+)\n(?<code>.*?)^```$""", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    // These run until they are stopped.
    [GeneratedRegex("""^dotnet (run|\S+\.dll) """)]
    private static partial Regex Program();
}
