using System.Net;
using System.Net.Sockets;

namespace Pawl.Bench.Runner;

internal static class Ports
{
    /// <summary>A port of loopback that nobody listens on.</summary>
    public static int FindFree()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
