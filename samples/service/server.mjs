// A service in another language that takes the access tokens of a Pawl server: it verifies them by the public keys, and follows what has ended.
//
//   npm ci --prefix samples/service
//   PAWL_SECRET=… node samples/service/server.mjs [PORT] [PAWL]      http://localhost:4000, beside http://localhost:5080
//
// The Pawl server has to know it: Pawl__ServiceClients__sample=… with the same secret, made by: openssl rand -hex 32

import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { followRevocations } from './revocations.mjs';

const [port = '4000', pawl = 'http://localhost:5080'] = process.argv.slice(2);
const { PAWL_SECRET, PAWL_ISSUER = 'urn:pawl', PAWL_AUDIENCE = PAWL_ISSUER, PAWL_SILENCE = '60', PAWL_FAIL_OPEN } = process.env;
const rules = { issuer: PAWL_ISSUER, audience: PAWL_AUDIENCE, algorithms: ['ES256'], typ: 'at+jwt', requiredClaims: ['sub', 'sid', 'iat', 'exp'], clockTolerance: 5 };

// Read again at an unknown kid, at most every 5 seconds, and every 30 seconds, so that a key that was taken out of use does not stay.
const keys = createRemoteJWKSet(new URL('/auth/jwks', pawl), { cacheMaxAge: Infinity, cooldownDuration: 5000 });
setInterval(() => keys.reload().catch((error) => console.error(error.message)), 30_000).unref();
const revocations = await followRevocations(new URL('/auth/revocations', pawl), 'sample', PAWL_SECRET, Math.ceil(PAWL_SILENCE / 3));

const verify = (token) =>
  jwtVerify(token, keys, rules).catch(({ code = '' }) => {
    // Without the keys no verdict is possible, and no user is signed out.
    if (code !== 'ERR_JWKS_NO_MATCHING_KEY' && !/^ERR_(JWT|JWS|JOSE)_/.test(code)) return { refusal: [503, 'store_unavailable'] };
    return { refusal: [401, code === 'ERR_JWT_EXPIRED' ? 'access_token_expired' : 'access_token_invalid'] };
  });

const answer = async (authorization) => {
  if (!authorization) return [401, 'authentication_required'];
  const { payload, refusal } = await verify(authorization.replace(/^Bearer /i, ''));
  if (refusal) return refusal;
  // A token that is bound to a key needs a proof of that key, which this service does not check.
  if (payload.cnf) return [401, 'device_proof_required'];
  if (revocations.has(payload.sid)) return [401, 'session_ended'];
  // If the server has not answered for a minute, nobody can tell who has signed out. This service then refuses, unless it is told to go on.
  if (revocations.age() > PAWL_SILENCE * 1000 && !PAWL_FAIL_OPEN) return [503, 'store_unavailable'];
  return [200, payload.sub];
};

const server = createServer(async (request, response) => {
  const [status, text] = await answer(request.headers.authorization);
  // Clients of Pawl go by these headers.
  const more = { 401: { 'www-authenticate': 'Bearer error="invalid_token"' }, 503: { 'retry-after': '1' } }[status];
  if (more) response.setHeader('pawl-problem', text);
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store', ...more }).end(text);
});
server.listen(Number(port), 'localhost', () => console.log(`listening on http://localhost:${server.address().port}`));
