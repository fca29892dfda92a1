using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pawl;
using Pawl.AspNetCore;

namespace Herbarium.Pages;

public sealed class DevicesModel(SessionManager sessions) : PageModel
{
    public IReadOnlyList<Session> Sessions { get; private set; } = [];

    public SessionId? Here => User.FindSessionId();

    private string Me => User.FindFirstValue(ClaimTypes.NameIdentifier)!;

    public async Task OnGetAsync() => Sessions = await sessions.ListAsync(Me);

    public async Task<IActionResult> OnPostHereAsync()
    {
        await HttpContext.SignOutAsync();
        return RedirectToPage("/Login", new { reason = "signed_out" });
    }

    public async Task<IActionResult> OnPostOneAsync(SessionId id)
    {
        // Ids are public: the session of another member stays.
        if ((await sessions.FindAsync(id))?.Subject == Me)
            await sessions.EndAsync(id);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostOthersAsync()
    {
        await sessions.EndAllForUserAsync(Me, except: Here);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostEverywhereAsync()
    {
        await sessions.EndAllForUserAsync(Me, except: Here);
        return await OnPostHereAsync();
    }
}
