// Signs in, refreshes, is looked at and signs out, once for each client, against a server that knows none of them. A line of JSON says what each has seen.
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

const [address, issuer, service, secret] = process.argv.slice(2);

// The server's address is not known when its issuer is set, so requests to the issuer go to the address.
const reach = (url, init) => fetch(`${url}`.replace(issuer, address), init);
const via = { [oauth.customFetch]: reach };

const post = (path, body, type) => fetch(address + path, { method: 'POST', headers: { 'Content-Type': type }, body });

const signIn = async () => {
  const response = await post('/login', JSON.stringify({ name: 'ada', transport: 'Body' }), 'application/json');
  if (!response.ok) throw new Error(`Signing in was answered ${response.status} ${await response.text()}`);
  const tokens = await response.json();
  // The refresh token settles before it is used.
  await fetch(`${address}/later`, { method: 'POST' });
  return tokens;
};

const me = (token) => fetch(`${address}/me`, { headers: { Authorization: `Bearer ${token}` } });

/** What came of it: the same members whichever client it was. */
const see = async (before, after, active, ended, refused) => ({
  rotated: after.refresh_token != before.refresh_token,
  name: await (await me(after.access_token)).text().catch(String),
  active,
  ended,
  refused,
});

const clients = {
  async 'oauth4webapi'() {
    const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { ...via, algorithm: 'oauth2' }));
    const client = { client_id: 'web' };
    const before = await signIn();
    const refresh = async (token) => oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, via));
    const after = await refresh(before.refresh_token);
    const request = new Request(`${issuer}/me`, { headers: { Authorization: `Bearer ${after.access_token}` } });
    const claims = await oauth.validateJwtAccessToken(as, request, issuer, { ...via, [oauth.clockTolerance]: 600 });
    const ask = async () =>
      oauth.processIntrospectionResponse(as, { client_id: service }, await oauth.introspectionRequest(as, { client_id: service }, oauth.ClientSecretBasic(secret), after.access_token, via));
    const active = (await ask()).active && claims.sub == 'ada';
    const name = await see(before, after, active);
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, oauth.None(), after.refresh_token, via));
    const ended = !(await ask()).active;
    return { ...name, ended, refused: await refresh(after.refresh_token).catch((error) => error.error) };
  },

  async 'openid-client'() {
    const config = await openid.discovery(new URL(issuer), 'web', undefined, openid.None(), { [openid.customFetch]: reach });
    const asService = await openid.discovery(new URL(issuer), service, undefined, openid.ClientSecretBasic(secret), { [openid.customFetch]: reach });
    const before = await signIn();
    const after = await openid.refreshTokenGrant(config, before.refresh_token);
    const active = (await openid.tokenIntrospection(asService, after.access_token)).active;
    const seen = await see(before, after, active);
    await openid.tokenRevocation(config, after.refresh_token);
    const ended = !(await openid.tokenIntrospection(asService, after.access_token)).active;
    return { ...seen, ended, refused: await openid.refreshTokenGrant(config, after.refresh_token).catch((error) => error.error) };
  },

  async 'fetch of Node'() {
    const document = await (await reach(`${issuer}/.well-known/openid-configuration`)).json();
    const form = (url, members, headers = {}) => reach(url, { method: 'POST', headers, body: new URLSearchParams(members) });
    const before = await signIn();
    const refresh = async (token) => (await form(document.token_endpoint, { grant_type: 'refresh_token', refresh_token: token })).json();
    const after = await refresh(before.refresh_token);
    const Authorization = `Basic ${btoa(`${service}:${secret}`)}`;
    const ask = async () => (await form(document.introspection_endpoint, { token: after.access_token }, { Authorization })).json();
    const seen = await see(before, after, (await ask()).active);
    await form(document.revocation_endpoint, { token: after.refresh_token });
    return { ...seen, ended: !(await ask()).active, refused: (await refresh(after.refresh_token)).error };
  },
};

for (const [client, run] of Object.entries(clients)) {
  const seen = await run().catch((error) => ({ error: `${error.stack}, because of ${error.cause && JSON.stringify(error.cause)}` }));
  console.log(JSON.stringify({ client, ...seen }));
}
