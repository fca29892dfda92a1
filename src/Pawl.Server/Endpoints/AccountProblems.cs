namespace Pawl.Server;

/// <summary>The problems of the account endpoints, in the same form as Pawl's own.</summary>
internal static class AccountProblems
{
    /// <summary>The same problem for an unknown user, a wrong password and a disabled account.</summary>
    public static readonly Problem InvalidCredentials = new(401, "invalid_credentials", "The e-mail address or the password is wrong.");

    public static readonly Problem WrongPassword = new(403, "invalid_credentials", "The current password is wrong.");

    public static readonly Problem EmailRefused = new(400, "email_refused", "This is not an e-mail address.");

    public static readonly Problem HttpsRequired = new(
        400,
        "https_required",
        "Sessions need https; http works on localhost only. In development, open the page as http://localhost or by https "
            + "(dotnet dev-certs https --trust). Behind a proxy that ends TLS, let the app read its forwarded headers "
            + "(UseForwardedHeaders, before UseAuthentication)."
    );

    public static readonly Problem CsrfRejected = new(403, "csrf_rejected", "The request comes from another site and was refused.");

    public static readonly Problem InvalidRequest = new(
        400,
        "invalid_request",
        "The request does not have the form that this endpoint requires."
    );

    public static readonly Problem TooLarge = new(413, "content_too_large", "The request is larger than this endpoint allows.");

    public static readonly Problem UnsupportedMediaType = new(
        415,
        "unsupported_media_type",
        "This endpoint does not support the content type."
    );

    public static Problem PasswordRefused(string sentence) => new(400, PasswordRules.Code, sentence);
}
