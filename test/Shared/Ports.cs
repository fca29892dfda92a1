using System.Net;
using System.Net.Sockets;

namespace Pawl.Testing;

/// <summary>
/// Free ports of this machine, below those that the system lends to outgoing connections: a server that was stopped gets its own port back.
/// </summary>
internal static class Ports
{
    private const int First = 20_000;
    private const int Last = 32_000;

    public static int FindFree()
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another program has it.
            }
        }
        throw new InvalidOperationException($"There is no free port from {First} to {Last}.");
    }
}
