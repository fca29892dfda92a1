using Microsoft.AspNetCore.Http;

namespace Pawl.EndToEnd.Harness;

/// <summary>What a request said about the browser's own device-bound sessions.</summary>
/// <param name="Proof">The proof by the key of the device.</param>
/// <param name="Session">The session that the browser refreshes.</param>
/// <param name="Skipped">Why the browser did not refresh before it sent the request.</param>
/// <param name="Cookies">The names of the cookies that came along.</param>
internal sealed record DeviceHeaders(string? Proof, string? Session, string? Skipped, IReadOnlyCollection<string> Cookies)
{
    public static DeviceHeaders Of(HttpRequest request) =>
        new(
            Read(request, "Secure-Session-Response"),
            Read(request, "Sec-Secure-Session-Id"),
            Read(request, "Secure-Session-Skipped"),
            [.. request.Cookies.Keys]
        );

    private static string? Read(HttpRequest request, string name) => request.Headers[name] is { Count: > 0 } values ? $"{values}" : null;
}
