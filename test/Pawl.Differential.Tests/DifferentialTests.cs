using System.Globalization;
using System.Text;
using Pawl.Differential.Tests.Corpus;
using Pawl.Differential.Tests.Peers;

namespace Pawl.Differential.Tests;

/// <summary>
/// One corpus, five verifiers written by different people in four languages. What we accept all of them accept, and what we issue too; so
/// a mistake of ours that lets a token in would have to be everybody's.
/// </summary>
public sealed class DifferentialTests(Comparison comparison, ITestOutputHelper output) : IClassFixture<Comparison>
{
    public static TheoryData<string> Peers => [.. Peer.All.Select(static peer => peer.Name)];

    [Fact]
    public void The_corpus_is_large_and_every_class_of_it_counted()
    {
        output.WriteLine(Table());
        Assert.True(comparison.Cases.Count >= 5000);
    }

    [Fact]
    public void Nothing_that_no_key_of_ours_has_signed_is_accepted() =>
        AssertNone(
            comparison.Cases.Where((c, i) => c.Origin is Origin.Forged && comparison.Ours[i].Accepted),
            "is a forgery that we accept"
        );

    [Fact]
    public void Everything_that_we_issue_we_accept() =>
        AssertNone(
            comparison.Cases.Where((c, i) => c.Origin is Origin.Issued && !comparison.Ours[i].Accepted),
            "is ours, and we refuse it"
        );

    [Requirement("JWS-18")]
    [Theory]
    [MemberData(nameof(Peers))]
    public void Everything_that_we_issue_another_verifier_accepts(string peer)
    {
        var theirs = Verdicts(peer);
        AssertNone(comparison.Cases.Where((c, i) => c.Origin is Origin.Issued && !theirs[i].Accepted), $"is refused by {peer}");
    }

    [Requirement("JWS-18")]
    [Theory]
    [MemberData(nameof(Peers))]
    public void Everything_that_we_accept_another_verifier_accepts(string peer)
    {
        var theirs = Verdicts(peer);
        var refused = comparison.Cases.Index().Where(c => comparison.Ours[c.Index].Accepted && !theirs[c.Index].Accepted).ToList();
        var known = Deviation.All.Where(deviation => deviation.Peer == peer).ToList();
        foreach (var deviation in known)
        {
            var count = refused.Count(c => c.Item.Class == deviation.Class);
            output.WriteLine($"{deviation.Class}: {peer} refuses {count} that we accept. {deviation.Reason}");
            Assert.True(count > 0, $"No longer true of {peer}: {deviation}");
        }
        var unknown = refused.Where(c => !known.Exists(deviation => deviation.Class == c.Item.Class));
        AssertNone(
            unknown.Select(c => c.Item with { Class = $"{c.Item.Class} ({theirs[c.Index].Why})" }),
            $"is accepted by us and refused by {peer}"
        );
    }

    // Where CI runs everybody is there; elsewhere the one who is not is named.
    private IReadOnlyList<Verdict> Verdicts(string peer)
    {
        if (!comparison.Missing.TryGetValue(peer, out var missing))
            return comparison.Theirs[peer];
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", missing);
        Assert.Skip(missing);
        return [];
    }

    private void AssertNone(IEnumerable<Case> wrong, string what)
    {
        var cases = wrong.ToList();
        if (cases.Count == 0)
            return;
        var text = new StringBuilder($"{cases.Count} tokens, each of which {what}. The keys: {comparison.Keys}\n");
        foreach (var one in cases.Take(20))
            text.AppendLine(CultureInfo.InvariantCulture, $"{one.Class}: {one.Token}\n    {Decoded(one.Token)}");
        Assert.Fail(text.ToString());
    }

    private static string Decoded(string token) =>
        string.Join(
            " . ",
            token
                .Split('.')
                .Take(2)
                .Select(static segment =>
                    System.Buffers.Text.Base64Url.IsValid(segment)
                        ? Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(segment))
                        : "(no base64url)"
                )
        );

    private string Table()
    {
        string[] names = [.. Peer.All.Select(static peer => peer.Name).Where(comparison.Theirs.ContainsKey)];
        var table = new StringBuilder();
        table.AppendLine(
            CultureInfo.InvariantCulture,
            $"| class of tokens | what they are | tokens | Pawl accepts | {string.Join(" | ", names)} |"
        );
        table.AppendLine(CultureInfo.InvariantCulture, $"|---|---|--:|--:|{string.Concat(names.Select(static _ => "--:|"))}");
        foreach (var group in comparison.Cases.Index().GroupBy(static c => (c.Item.Class, c.Item.Origin)))
            Row(group.Key.Class, group.Key.Origin.ToString(), [.. group.Select(static c => c.Index)]);
        Row("all", "", [.. Enumerable.Range(0, comparison.Cases.Count)]);
        foreach (var (peer, missing) in comparison.Missing)
            table.AppendLine(CultureInfo.InvariantCulture, $"{peer} was not asked: {missing}");
        return table.ToString();

        void Row(string name, string origin, int[] cases)
        {
            int Accepted(IReadOnlyList<Verdict> verdicts) => cases.Count(i => verdicts[i].Accepted);
            var theirs = string.Join(" | ", names.Select(peer => Accepted(comparison.Theirs[peer])));
            table.AppendLine(
                CultureInfo.InvariantCulture,
                $"| {name} | {origin} | {cases.Length} | {Accepted(comparison.Ours)} | {theirs} |"
            );
        }
    }
}
