using System.Text.RegularExpressions;

namespace Pawl.Conformance.Tests;

/// <summary>
/// The folders of <c>src/Pawl.AspNetCore</c> are rooms that a request walks through in order. A file uses types of its own room and of the
/// rooms before it. The files of the root are what an app types and what composes the rooms.
/// </summary>
public sealed partial class RoomTests
{
    private const string Project = "src/Pawl.AspNetCore";
    private const string Root = "";

    private static readonly string[] Order =
    [
        "Http",
        "Telemetry",
        "Keys",
        "Tokens",
        "Guard",
        "Endings",
        "Sessions",
        "Circuits",
        "SignIn",
        "Authorization",
        "Identity",
        "Endpoints",
        "Hosting",
        "Resource",
    ];

    // What composes the rooms. The rest of the root is what an app types, and every room may use it.
    private static readonly string[] Composers =
    [
        "PawlHandler.cs",
        "PawlHandler.Requests.cs",
        "PawlServiceCollectionExtensions.cs",
        "PawlResourceExtensions.cs",
        "PawlEndpointRouteBuilderExtensions.cs",
    ];

    private static readonly IReadOnlyList<SourceFile> Files = Read();

    [Fact]
    public void Every_folder_is_a_room() =>
        Assert.Equal(
            Order.Order(StringComparer.Ordinal),
            Files.Select(static f => f.Room).Where(static r => r != Root).Distinct().Order(StringComparer.Ordinal)
        );

    [Fact]
    public void The_tests_stand_in_the_same_rooms()
    {
        var folder = Path.Combine(Repository.Root, "test/Pawl.AspNetCore.Tests");
        Assert.DoesNotContain(Order, room => !Directory.Exists(Path.Combine(folder, room)));
        Assert.Empty(Directory.EnumerateFiles(folder, "*.cs"));
    }

    [Fact]
    public void A_room_uses_only_the_rooms_before_it() => AssertNone(from use in Uses() where Place(use.From) < Place(use.To) select use);

    [Fact]
    public void No_files_use_each_other_in_a_circle()
    {
        var next = Uses().ToLookup(static use => use.From, static use => use.To);
        AssertNone(from use in Uses() where IsReachable(next, use.To, use.From) select use);
    }

    [Fact]
    public void The_map_in_AGENTS_md_shows_the_rooms_in_order()
    {
        var map = File.ReadAllText(Path.Combine(Repository.Root, "AGENTS.md"));
        var shown = RoomInMap().Matches(map).Select(static m => m.Groups[1].Value).Where(Order.Contains);
        Assert.Equal(Order, shown);
    }

    // Before every room is what an app types; after all of them is what composes them.
    private static int Place(SourceFile file) =>
        file.Room != Root ? Array.IndexOf(Order, file.Room)
        : Composers.Contains(file.Name) ? Order.Length
        : -1;

    private static IEnumerable<Use> Uses()
    {
        var owners = Files
            .SelectMany(static f => f.Types.Select(type => (Type: type, File: f)))
            .ToLookup(static t => t.Type, static t => t.File);
        return from file in Files
            from word in file.Words
            from owner in owners[word]
            where owner != file && !IsEventOfOptions(file, owner)
            select new Use(file, word, owner);
    }

    // Options name their events, and the context of an event hands the options out, as in the framework. Their parts are one type.
    private static bool IsEventOfOptions(SourceFile file, SourceFile owner) =>
        owner.Name == "PawlOptions.cs"
        && file.Room == Root
        && (
            file.Name == "PawlEvents.cs"
            || file.Name.EndsWith("Context.cs", StringComparison.Ordinal)
            || file.Name.StartsWith("PawlOptions.", StringComparison.Ordinal)
        );

    private static bool IsReachable(ILookup<SourceFile, SourceFile> next, SourceFile from, SourceFile to)
    {
        var (seen, waiting) = (new HashSet<SourceFile> { from }, new Stack<SourceFile>([from]));
        while (waiting.TryPop(out var file))
        {
            if (file == to)
                return true;
            foreach (var other in next[file].Where(seen.Add))
                waiting.Push(other);
        }
        return false;
    }

    private static List<SourceFile> Read()
    {
        var root = Path.Combine(Repository.Root, Project);
        return
        [
            .. from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            let parts = Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar)
            where parts[0] is not ("bin" or "obj")
            // Neither comments nor texts use a type.
            let code = CommentOrText().Replace(File.ReadAllText(path), "")
            select new SourceFile(
                parts.Length > 1 ? parts[0] : Root,
                parts[^1],
                // "Type.Part.cs" has a part of the type that "Type.cs" declares.
                parts[^1].Split('.').Length > 2
                    ? []
                    : [.. Declaration().Matches(code).Select(static m => m.Groups[1].Value)],
                [.. Word().Matches(code).Select(static m => m.Value)]
            ),
        ];
    }

    private static void AssertNone(IEnumerable<Use> uses) =>
        Assert.True(!uses.Any(), string.Join('\n', uses.Select(static u => $"{u.From} uses {u.Type} of {u.To}")));

    [GeneratedRegex(@"^  (\w+)/ ", RegexOptions.Multiline)]
    private static partial Regex RoomInMap();

    [GeneratedRegex(@"//[^\n]*|""(?:\\.|[^""\\\n])*""")]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"\b(?:class|struct|record|interface|enum) (?!struct\b|class\b)(\w+)")]
    private static partial Regex Declaration();

    // A name behind a dot is a member, and one before the accessors of a property is its name.
    [GeneratedRegex(@"(?<![\w.])[A-Z]\w*\b(?!\s*\{\s+get)")]
    private static partial Regex Word();

    private sealed record SourceFile(string Room, string Name, string[] Types, HashSet<string> Words)
    {
        public override string ToString() => Room == Root ? Name : $"{Room}/{Name}";

        public bool Equals(SourceFile? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());
    }

    private sealed record Use(SourceFile From, string Type, SourceFile To);
}
