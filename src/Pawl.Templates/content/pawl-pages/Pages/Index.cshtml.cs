using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Pawl;
using Pawl.AspNetCore;

namespace PawlApp1.Pages;

public sealed class IndexModel(SessionManager sessions) : PageModel
{
    public IReadOnlyList<Session> Sessions { get; private set; } = [];

    public SessionId? Here => User.FindSessionId();

    private string Me => User.FindFirstValue(ClaimTypes.NameIdentifier)!;

    public async Task OnGetAsync() => Sessions = await sessions.ListAsync(Me);

    public async Task<IActionResult> OnPostHereAsync()
    {
        await HttpContext.SignOutAsync();
        return RedirectToPage("/Login");
    }

    public async Task<IActionResult> OnPostOneAsync(SessionId id)
    {
        // Ids are public: the session of another user stays.
        if ((await sessions.FindAsync(id))?.Subject == Me)
            await sessions.EndAsync(id);
        return RedirectToPage();
    }
}
