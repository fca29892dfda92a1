using System.Text;
using System.Text.RegularExpressions;

namespace Pawl.Bench.Load;

/// <summary>A request cut once into literal bytes and places to fill in, so that writing one is a few copies.</summary>
internal sealed class RequestWriter
{
    private readonly Piece[] head;
    private readonly Piece[] body;
    private readonly bool hasBody;

    public RequestWriter(RequestSpec spec, int port)
    {
        hasBody = spec.Body is not null || spec.Method is "POST";
        head = Cut(
            $"{spec.Method} {spec.Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{string.Concat(spec.Headers.Select(h => h + "\r\n"))}"
        );
        body = Cut(spec.Body ?? "");
    }

    public int Write(LoadSession? session, Span<byte> destination)
    {
        var at = Fill(head, session, destination);
        if (hasBody)
        {
            "Content-Length: "u8.CopyTo(destination[at..]);
            at += "Content-Length: "u8.Length;
            Length(body, session).TryFormat(destination[at..], out var digits);
            at += digits;
            "\r\n"u8.CopyTo(destination[at..]);
            at += 2;
        }

        "\r\n"u8.CopyTo(destination[at..]);
        at += 2;
        return at + Fill(body, session, destination[at..]);
    }

    private static Piece[] Cut(string text) =>
        [
            .. Regex
                .Split(text, @"(\{token\}|\{n\}|\{sid\}|\{proof\})")
                .Where(piece => piece.Length > 0)
                .Select(piece => new Piece(Encoding.ASCII.GetBytes(piece), Kind(piece))),
        ];

    private static PieceKind Kind(string piece) =>
        piece switch
        {
            "{token}" => PieceKind.Token,
            "{n}" => PieceKind.Number,
            "{sid}" => PieceKind.SessionId,
            "{proof}" => PieceKind.Proof,
            _ => PieceKind.Literal,
        };

    private static int Fill(Piece[] pieces, LoadSession? session, Span<byte> destination)
    {
        var at = 0;
        foreach (var piece in pieces)
            at += piece.Write(session, destination[at..]);
        return at;
    }

    private static int Length(Piece[] pieces, LoadSession? session)
    {
        Span<byte> digits = stackalloc byte[16];
        var length = 0;
        foreach (var piece in pieces)
            length +=
                piece.Kind is PieceKind.Token
                    ? session!.Token.Length
                    : piece.Write(session, piece.Kind is PieceKind.Number ? digits : default);
        return length;
    }

    private enum PieceKind
    {
        Literal,
        Token,
        Number,
        SessionId,
        Proof,
    }

    private readonly record struct Piece(byte[] Bytes, PieceKind Kind)
    {
        /// <summary>Writes the piece and says how long it is; an empty destination only asks for the length of a literal.</summary>
        public int Write(LoadSession? session, Span<byte> destination)
        {
            if (Kind is PieceKind.Number)
            {
                session!.Number.TryFormat(destination, out var digits);
                return digits;
            }

            var bytes = Kind switch
            {
                PieceKind.Token => session!.Token,
                PieceKind.SessionId => session!.Id,
                PieceKind.Proof => session!.Proof,
                _ => Bytes,
            };
            if (!destination.IsEmpty)
                bytes.CopyTo(destination);
            return bytes.Length;
        }
    }
}
