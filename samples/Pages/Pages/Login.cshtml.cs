using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Herbarium.Pages;

public sealed class LoginModel(Members members) : PageModel
{
    public async Task<IActionResult> OnPostAsync(string? name, string? password, bool remember, string? returnUrl)
    {
        if (members.Find(name, password) is not { } member)
        {
            ModelState.AddModelError("", "The name or the password is wrong.");
            return Page();
        }
        await HttpContext.SignInAsync(member, new AuthenticationProperties { IsPersistent = remember });
        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "/");
    }
}
