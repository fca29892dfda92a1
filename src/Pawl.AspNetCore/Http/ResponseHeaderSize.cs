using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Pawl.AspNetCore;

/// <summary>Warns once in a process if a response with session cookies exceeds the default limit of a reverse proxy.</summary>
internal sealed class ResponseHeaderSize(ILogger<ResponseHeaderSize> logger)
{
    /// <summary>
    /// The size of nginx's buffer for the status line and all headers of a response (<c>proxy_buffer_size</c>). For a larger response
    /// nginx answers 502.
    /// </summary>
    private const int ProxyBuffer = 4096;

    // The server itself adds the status line, Date, Server and Transfer-Encoding after OnStarting.
    private const int AddedByServer = 128;

    private int _hasWarned;

    /// <summary>Measures the headers when the response starts, so that the app's own are counted too.</summary>
    public void Watch(HttpResponse response, int accessToken)
    {
        if (_hasWarned == 0 && !response.HasStarted)
            response.OnStarting(() => Check(response, accessToken));
    }

    private Task Check(HttpResponse response, int accessToken)
    {
        var size = AddedByServer;
        foreach (var (name, values) in response.Headers)
        {
            foreach (var value in values)
                size += name.Length + Encoding.UTF8.GetByteCount(value ?? "") + ": \r\n".Length;
        }
        if (size > ProxyBuffer && Interlocked.Exchange(ref _hasWarned, 1) == 0)
            logger.LargeResponseHeader(Write(size), Write(accessToken));
        return Task.CompletedTask;
    }

    private static string Write(int bytes) => bytes.ToString("N0", CultureInfo.InvariantCulture);
}
