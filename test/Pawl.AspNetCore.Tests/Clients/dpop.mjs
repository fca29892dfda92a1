// Signs in, binds the session to a key, and uses it, once for each client, against a server that knows none of them. A line of JSON says what each has seen.
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';

const [address, issuer] = process.argv.slice(2);

// The server's address is not known when its issuer is set, so requests to the issuer go to the address.
let requests = 0;
const reach = (url, init) => (requests++, fetch(`${url}`.replace(issuer, address), init));
const via = { [oauth.customFetch]: reach };

const later = () => fetch(`${address}/later`, { method: 'POST' });

const signIn = async () => {
  const body = JSON.stringify({ name: 'ada', transport: 'Body' });
  const response = await fetch(`${address}/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  if (!response.ok) throw new Error(`Signing in was answered ${response.status} ${await response.text()}`);
  // The refresh token settles before it is used.
  await later();
  return response.json();
};

const count = async (action) => {
  const before = requests;
  return [await action(), requests - before];
};

/** Binds, refreshes again, calls an endpoint, and tries the stolen tokens without the key. */
const see = async (refresh, call) => {
  const [first, binding] = await count(async () => refresh((await signIn()).refresh_token));
  await later();
  const [second, refreshing] = await count(() => refresh(first.refresh_token));
  const name = await (await call(second.access_token)).text();
  const bearer = await fetch(`${address}/me`, { headers: { Authorization: `Bearer ${second.access_token}` } });
  const stolen = await fetch(`${address}/auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: second.refresh_token }),
  });
  await later();
  const third = await refresh(second.refresh_token);
  return {
    types: [first.token_type, second.token_type, third.token_type],
    binding,
    refreshing,
    name,
    bearer: (await bearer.json()).code,
    stolen: (await stolen.json()).code,
  };
};

const clients = {
  async 'oauth4webapi'() {
    const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer), { ...via, algorithm: 'oauth2' }));
    if (`${as.dpop_signing_alg_values_supported}` != 'ES256') throw new Error('Discovery does not name the algorithm.');
    const client = { client_id: 'web' };
    const options = { ...via, DPoP: oauth.DPoP(client, await oauth.generateKeyPair('ES256')) };
    const withNonce = (action) => action().catch((error) => (oauth.isDPoPNonceError(error) ? action() : Promise.reject(error)));
    const refresh = (token) =>
      withNonce(async () => oauth.processRefreshTokenResponse(as, client, await oauth.refreshTokenGrantRequest(as, client, oauth.None(), token, options)));
    const call = (token) => withNonce(() => oauth.protectedResourceRequest(token, 'GET', new URL(`${issuer}/me?page=1`), undefined, undefined, options));
    return see(refresh, call);
  },

  async 'openid-client'() {
    const config = await openid.discovery(new URL(issuer), 'web', undefined, openid.None(), { [openid.customFetch]: reach });
    const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair('ES256'));
    const refresh = (token) => openid.refreshTokenGrant(config, token, undefined, { DPoP });
    const call = (token) => openid.fetchProtectedResource(config, token, new URL(`${issuer}/me`), 'GET', undefined, undefined, { DPoP });
    return see(refresh, call);
  },
};

for (const [client, run] of Object.entries(clients)) {
  const seen = await run().catch((error) => ({ error: `${error.stack}, because of ${error.cause && JSON.stringify(error.cause)}` }));
  console.log(JSON.stringify({ client, ...seen }));
}
