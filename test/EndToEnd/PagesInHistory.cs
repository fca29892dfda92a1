using Microsoft.Playwright;
using Pawl.EndToEnd.Harness;

namespace Pawl.EndToEnd;

/// <summary>
/// After a sign-out, Back shows no page of the session from the browser's memory. (The driver does not see Firefox go back.)
/// </summary>
public sealed class PagesInHistory(World world) : PlainPagesTest(world)
{
    [Theory]
    [InlineData(PlainTab.Plates)]
    [InlineData(PlainTab.Devices)]
    [InlineData("/plates/3.svg")]
    public async Task Back_leads_to_the_sign_in_page(string path)
    {
        var (_, tab) = await OpenSignedInAsync(PagesSettings.Default, Browser.ChromiumWithoutScript);
        await tab.GoAsync(path);
        await tab.GoAsync(PlainTab.Plates);
        await tab.SignOutAsync();
        await tab.SeesSignInAsync("You have signed out.");

        for (var step = 0; step < 2; step++)
        {
            await tab.Page.GoBackAsync();

            await tab.SeesSignInAsync();
        }
    }

    [Fact]
    public async Task A_page_that_does_not_say_no_store_is_shown_from_memory()
    {
        var (visitor, tab) = await OpenSignedInAsync(PagesSettings.Default, Browser.ChromiumWithoutScript);
        visitor.Proxy.On(PlainTab.Plates, static call =>
        {
            call.Context.Response.OnStarting(() =>
            {
                call.Context.Response.Headers.Remove("Cache-Control");
                call.Context.Response.Headers.Remove("Pragma");
                return Task.CompletedTask;
            });
            return call.PassAsync();
        });
        await tab.GoAsync(PlainTab.Plates);
        await tab.SignOutAsync();
        await tab.SeesSignInAsync("You have signed out.");

        // A page from memory does not load.
        await tab.Page.GoBackAsync(new() { WaitUntil = WaitUntilState.Commit });

        await tab.SeesAsync("Plates");
        Assert.Equal(1, await tab.Page.GetByRole(AriaRole.Navigation).CountAsync());
    }
}
