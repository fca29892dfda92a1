namespace Pawl.EndToEnd.Harness;

/// <summary>As documented, and typed once more here: a test should notice when they change.</summary>
internal static class CookieNames
{
    public const string Access = "__Host-Http-pawl-access";
    public const string Refresh = "__Host-Http-pawl-refresh";
    public const string Session = "__Host-pawl-session";
    public const string Fresh = "__Host-pawl-fresh";
    public const string SignIn = "__Host-Http-pawl-signin";
}
