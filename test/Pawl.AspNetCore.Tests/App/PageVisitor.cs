using System.Net;
using System.Text.RegularExpressions;

namespace Pawl.AspNetCore.Tests;

/// <summary>
/// A person in a browser without script, who opens pages, follows redirects, and fills in the forms that the pages show.
/// </summary>
internal sealed partial class PageVisitor(Browser browser)
{
    private const int MaxRedirects = 8;

    public Browser Browser => browser;

    /// <summary>The page that is shown.</summary>
    public Answer Page { get; private set; } = new(0, [], "");

    /// <summary>The path and query of the page that is shown.</summary>
    public string Address { get; private set; } = "/";

    /// <summary>The page without its tags, as a person reads it.</summary>
    public string Text => WebUtility.HtmlDecode(Tag().Replace(Page.Body, " "));

    public async Task OpenAsync(string path) => await FollowAsync(HttpMethod.Get, path, null);

    /// <summary>Follows the link of the page whose address contains the text.</summary>
    public Task ClickAsync(string link) =>
        OpenAsync(
            Links().FirstOrDefault(href => href.Contains(link, StringComparison.Ordinal))
                ?? throw new InvalidOperationException($"{Address} has no link to {link}:\n{Page.Body}")
        );

    /// <summary>Sends a form of the page, with the values that the page gives unless others are given here.</summary>
    /// <param name="form">A part of the form's tag, or of that of the button that sends it, such as an id.</param>
    /// <param name="values">What is typed into its fields.</param>
    public async Task SubmitAsync(string form, params (string Name, string Value)[] values)
    {
        var found = Form().Matches(Page.Body).FirstOrDefault(f => Tags(f).Any(tag => tag.Contains(form, StringComparison.Ordinal)))
            ?? throw new InvalidOperationException($"{Address} ({Page.Status}) has no form with {form}:\n{Page.Body}");
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in Tags(found).Skip(1))
        {
            var isLeftOut = Find(tag, "type") is "submit" or "checkbox" && !tag.Contains("checked", StringComparison.Ordinal);
            if (Find(tag, "name") is { } name && !isLeftOut)
                fields.TryAdd(name, Find(tag, "value") ?? "");
        }
        foreach (var (name, value) in values)
            fields[name] = value;
        var button = Tags(found).FirstOrDefault(tag => tag.Contains(form, StringComparison.Ordinal) && Find(tag, "formaction") is not null);
        var action = Find(button ?? found.Groups["tag"].Value, button is null ? "action" : "formaction") ?? Address;
        var text = string.Join('&', fields.Select(static f => $"{Uri.EscapeDataString(f.Key)}={Uri.EscapeDataString(f.Value)}"));
        await FollowAsync(HttpMethod.Post, action, Browser.Form(text));
    }

    /// <summary>Reads one place of the page.</summary>
    public string Read(string pattern) =>
        Regex.Match(Page.Body, pattern) is { Success: true } match
            ? WebUtility.HtmlDecode(match.Groups[1].Value)
            : throw new InvalidOperationException($"{Address} ({Page.Status}) has nothing like {pattern}:\n{Page.Body}");

    private async Task FollowAsync(HttpMethod method, string path, HttpContent? form)
    {
        Address = Resolve(path).PathAndQuery;
        await ShowAsync(await browser.NavigateAsync(method, Address, TestApp.Origin, form));
    }

    /// <summary>Shows a response. Redirects are followed, except one to another site.</summary>
    public async Task ShowAsync(Answer answer)
    {
        Page = answer;
        for (var hop = 0; Page["Location"] is { } location && Resolve(location) is var target && IsOwn(target); hop++)
        {
            Assert.True(hop < MaxRedirects, $"The redirects of {Address} do not end.");
            Address = target.PathAndQuery;
            Page = await browser.NavigateAsync(HttpMethod.Get, Address, TestApp.Origin);
        }
    }

    private Uri Resolve(string path) => new(new Uri(TestApp.Origin + Address), path);

    private static bool IsOwn(Uri target) => target.GetLeftPart(UriPartial.Authority) == TestApp.Origin;

    // Of a form, and of its fields and buttons.
    private static IEnumerable<string> Tags(Match form) =>
        Input().Matches(form.Groups["inside"].Value).Select(static i => i.Value).Prepend(form.Groups["tag"].Value);

    private IEnumerable<string> Links() => Anchor().Matches(Page.Body).Select(static a => WebUtility.HtmlDecode(a.Groups[1].Value));

    private static string? Find(string tag, string attribute) =>
        Regex.Match(tag, $"\\s{attribute}=\"([^\"]*)\"") is { Success: true } match ? WebUtility.HtmlDecode(match.Groups[1].Value) : null;

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("<a[^>]*\\shref=\"([^\"]*)\"")]
    private static partial Regex Anchor();

    [GeneratedRegex("(?<tag><form[^>]*>)(?<inside>.*?)</form>", RegexOptions.Singleline)]
    private static partial Regex Form();

    [GeneratedRegex("<(input|button)[^>]*>")]
    private static partial Regex Input();
}
