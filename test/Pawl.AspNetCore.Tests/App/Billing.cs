using System.Text;

namespace Pawl.AspNetCore.Tests;

/// <summary>A service elsewhere that asks about tokens and endings, with the secret that it was set up with.</summary>
internal static class Billing
{
    public const string Name = "billing";
    public const string Secret = "0f8e6b1c4d7a92530f8e6b1c4d7a9253";

    public static void SetUp(PawlOptions options) => options.ServiceClients[Name] = Secret;

    public static (string, string) Credentials(string name = Name, string secret = Secret) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{secret}")));

    public static Task<Answer> IntrospectAsync(this TestApp app, string form, params (string, string)[] headers) =>
        app.SendRawAsync(
            "POST",
            "/auth/introspect",
            Encoding.UTF8.GetBytes(form),
            [("Content-Type", "application/x-www-form-urlencoded"), .. headers.Length > 0 ? headers : [Credentials()]]
        );

    public static Task<Answer> FollowAsync(this TestApp app, string query = "", params (string, string)[] headers) =>
        app.SendRawAsync("GET", "/auth/revocations" + query, headers.Length > 0 ? headers : [Credentials()]);
}
