using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Pawl.AspNetCore;

/// <summary>The nonces of one app or service. All of its nodes accept them, and nothing is stored.</summary>
internal abstract class DpopNonces
{
    private const string Header = "DPoP-Nonce";

    protected abstract RefreshTokenKey Newest { get; }

    protected abstract RefreshTokenKey? Find(byte id);

    /// <summary>Gives the client of a request the nonce for its next proofs.</summary>
    public void Give(HttpResponse response, DateTimeOffset now) => response.Headers[Header] = DpopNonce.Write(now, Newest);

    public bool IsFresh(string? nonce, DateTimeOffset now) => nonce is not null && DpopNonce.IsFresh(nonce, Find, now);
}

/// <summary>The nonces of an app with sessions, by the key of its refresh tokens.</summary>
internal sealed class SessionNonces(KeyRingProvider keys) : DpopNonces
{
    protected override RefreshTokenKey Newest => keys.Ring.RefreshTokenKey!;

    protected override RefreshTokenKey? Find(byte id) => keys.Ring.FindRefreshTokenKey(id);
}

/// <summary>The nonces of a service without sessions, by its secret at the server: the one thing that only its nodes have.</summary>
internal sealed class ServiceNonces(string secret) : DpopNonces
{
    private readonly RefreshTokenKey _key = new(
        0,
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256,
            Encoding.UTF8.GetBytes(secret),
            RefreshTokenKey.SecretSize,
            info: "pawl service nonce"u8.ToArray()
        )
    );

    protected override RefreshTokenKey Newest => _key;

    protected override RefreshTokenKey? Find(byte id) => id == _key.Id ? _key : null;
}
