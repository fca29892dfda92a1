using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace Pawl.Bench.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection on a blocking socket: a request is one <c>send</c>, its answer as a rule one <c>recv</c>, and
/// nothing is allocated. It reads only what Kestrel sends (a status line, Content-Length or chunks); anything else is an error.
/// </summary>
internal sealed class HttpConnection(int port) : IDisposable
{
    private readonly byte[] request = new byte[16 * 1024];
    private readonly byte[] answer = new byte[64 * 1024];
    private Socket? socket;

    /// <summary>Sends the request and reads the whole answer. The spans of the answer live until the next call.</summary>
    public Answer Exchange(RequestWriter writer, LoadSession? session)
    {
        var length = writer.Write(session, request);
        try
        {
            socket ??= Connect();
            for (var sent = 0; sent < length; )
                sent += socket.Send(request.AsSpan(sent, length - sent));
            return ReadAnswer(socket);
        }
        catch (Exception e) when (e is SocketException or FormatException)
        {
            Dispose(); // The next exchange begins on a new connection.
            throw;
        }
    }

    public void Dispose()
    {
        socket?.Dispose();
        socket = null;
    }

    private Socket Connect()
    {
        var connected = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
        connected.Connect(IPAddress.Loopback, port);
        return connected;
    }

    private Answer ReadAnswer(Socket from)
    {
        var have = 0;
        int headEnd;
        while ((headEnd = answer.AsSpan(0, have).IndexOf("\r\n\r\n"u8)) < 0)
            have += Receive(from, have);

        var head = answer.AsSpan(0, headEnd + 2);
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
            throw new FormatException("Not an HTTP/1.1 answer.");

        var start = headEnd + 4;
        var end = start;
        if (TryHeader(head, "\r\nContent-Length: "u8, out var value) && Utf8Parser.TryParse(value, out int length, out _))
        {
            while (have < start + length)
                have += Receive(from, have);
            end = start + length;
        }
        else if (TryHeader(head, "\r\nTransfer-Encoding: "u8, out _))
        {
            end = ReadChunks(from, start, have);
        }

        return new Answer(status, head, answer.AsSpan(start, end - start));
    }

    /// <summary>Moves the chunks together where they lie and returns where the body ends.</summary>
    private int ReadChunks(Socket from, int bodyStart, int have)
    {
        var end = bodyStart;
        for (var at = bodyStart; ; )
        {
            int line;
            while ((line = answer.AsSpan(at, have - at).IndexOf("\r\n"u8)) < 0)
                have += Receive(from, have);
            if (!Utf8Parser.TryParse(answer.AsSpan(at, line), out int size, out var digits, 'X') || digits != line)
                throw new FormatException("Not a chunk.");

            at += line + 2;
            while (have < at + size + 2)
                have += Receive(from, have);
            if (size == 0)
                return end;

            answer.AsSpan(at, size).CopyTo(answer.AsSpan(end));
            end += size;
            at += size + 2;
        }
    }

    private int Receive(Socket from, int have)
    {
        var received = from.Receive(answer.AsSpan(have));
        return received > 0 ? received : throw new FormatException("The server closed the connection within an answer.");
    }

    private static bool TryHeader(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var at = head.IndexOf(name);
        value = at < 0 ? default : head[(at + name.Length)..];
        return at >= 0;
    }
}

/// <summary>Status, header lines and body, still in the connection's buffer.</summary>
internal readonly ref struct Answer(int status, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
{
    public int Status { get; } = status;
    public ReadOnlySpan<byte> Head { get; } = head;
    public ReadOnlySpan<byte> Body { get; } = body;
}
