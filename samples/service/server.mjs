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
const keys = createRemoteJWKSet(new URL('/auth/jwks', pawl));
const rules = { issuer: 'urn:pawl', audience: 'urn:pawl', algorithms: ['ES256'], typ: 'at+jwt' };
const revocations = await followRevocations(new URL('/auth/revocations', pawl), 'sample', process.env.PAWL_SECRET);

const answer = async (authorization = '') => {
  // Not heard of for a minute, nobody can tell who has signed out. This service would rather wait; another may go on.
  if (revocations.age() > 60_000) return [503, 'store_unavailable'];
  const { payload } = await jwtVerify(authorization.replace(/^Bearer /, ''), keys, rules).catch(() => ({}));
  if (!payload) return [401, 'access_token_invalid'];
  return revocations.has(payload.sid) ? [401, 'session_ended'] : [200, payload.sub];
};

const server = createServer(async (request, response) => {
  const [status, text] = await answer(request.headers.authorization);
  response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(text);
});
server.listen(Number(port), 'localhost', () => console.log(`listening on http://localhost:${server.address().port}`));
