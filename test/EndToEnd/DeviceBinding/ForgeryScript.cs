namespace Pawl.EndToEnd.DeviceBinding;

/// <summary>What a script in the page can do to have its own key registered: it signs in, reads the offer and signs a proof.</summary>
internal static class ForgeryScript
{
    public static readonly string[] Modes = ["same-origin", "cors", "no-cors"];

    public const string Text = """
        async (modes) => {
          const signIn = await fetch('/auth/login', {
            method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{"email":"eve"}',
          });
          const offer = signIn.headers.get('Secure-Session-Registration');
          const challenge = /challenge="([^"]+)"/.exec(offer)[1];
          const key = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
          const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', key.publicKey);
          const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
          const text = (value) => encode(new TextEncoder().encode(JSON.stringify(value)));
          const signed = `${text({ alg: 'ES256', jwk: { crv, kty, x, y }, typ: 'dbsc+jwt' })}.${text({ jti: challenge })}`;
          const signature = await crypto.subtle.sign(
            { name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, new TextEncoder().encode(signed),
          );
          const proof = `${signed}.${encode(new Uint8Array(signature))}`;
          const answers = [];
          for (const mode of modes) {
            const { status } = await fetch('/auth/device', { method: 'POST', mode, headers: { 'Secure-Session-Response': proof } });
            answers.push(status);
          }
          return answers;
        }
        """;
}
