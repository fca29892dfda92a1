using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace PawlApp1.Pages;

public sealed class LoginModel(SignInManager<User> signIns) : PageModel
{
    public async Task<IActionResult> OnPostAsync(string email, string password, string? returnUrl)
    {
        var result = await signIns.PasswordSignInAsync(email ?? "", password ?? "", isPersistent: true, lockoutOnFailure: true);
        if (result.Succeeded)
            return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "/");
        ModelState.AddModelError("", "The e-mail address or the password is wrong.");
        return Page();
    }

    public async Task<IActionResult> OnPostRegisterAsync(string email, string password, string? returnUrl)
    {
        var result = await signIns.UserManager.CreateAsync(new User { UserName = email, Email = email }, password ?? "");
        if (result.Succeeded)
            return await OnPostAsync(email, password!, returnUrl);
        foreach (var error in result.Errors)
            ModelState.AddModelError("", error.Description);
        return Page();
    }
}
