// What the stand-ins share, each started by: node SERVER.mjs PORT LIFE_MS. Sessions are in a file, so that a scenario can kill a server and restore it. An
// access token lives so long by the clock, or until a scenario says that its life is over. No token is ever written to the output.

import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, life] = process.argv.slice(2).map(Number);
const kept = (file, make) => {
  if (!existsSync(file)) writeFileSync(file, make());
  return readFileSync(file, 'utf8');
};
const key = kept('key.pem', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }));
const publicKey = createPublicKey(key);
/** id -> { id, email, ended, access: { token: expires }, lapsed }, and what else a server keeps. */
export const sessions = new Map(JSON.parse(kept('sessions.json', () => '[]')));

export const save = () => {
  writeFileSync('sessions.json.new', JSON.stringify([...sessions]));
  renameSync('sessions.json.new', 'sessions.json');
};
export const random = () => randomBytes(18).toString('hex');
export const hash = (text) => createHash('sha256').update(text).digest('base64url');
export const seconds = () => Math.floor(Date.now() / 1000);
export const lifeInSeconds = Math.floor(life / 1000);

/** What all these servers sign: RS256 (RFC 7518). */
export const jwt = (claims) => {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const text = `${encode({ alg: 'RS256', typ: 'JWT', kid: 'key' })}.${encode(claims)}`;
  return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
};
export const claimsOf = (token) => {
  try {
    return JSON.parse(Buffer.from(`${token}`.split('.')[1], 'base64url').toString());
  } catch {
    return {};
  }
};

export const begin = (email) => {
  const id = random();
  sessions.set(id, { id, email, access: {} });
  return sessions.get(id);
};
/** A token that says nothing to others begins with the id of its session; a JWT has it among its claims. */
export const opaque = (session) => `${session.id}.${random()}`;
export const sessionOf = (token) => sessions.get(`${token}`.split('.')[0]) ?? sessions.get(claimsOf(token).sid);
export const end = (session) => {
  if (session) session.ended = true;
  save();
};

/** An access token that is looked up: good until it expires, or its session ends. */
export const issueReference = (session) => {
  const token = opaque(session);
  session.access = { ...Object.fromEntries(Object.entries(session.access).slice(-8)), [token]: Date.now() + life };
  save();
  return token;
};
export const byReference = (token) => {
  const session = sessionOf(token);
  return session && !session.ended && session.access[token] > Date.now() ? session : undefined;
};

/** An access token that is believed as it stands: good until it expires, and nobody is asked whether its session has ended. */
export const issueJwt = (session, claims) => {
  save();
  return jwt({ iat: seconds(), exp: seconds() + lifeInSeconds, sid: session.id, jti: random(), ms: Date.now(), ...claims });
};
export const byJwt = (token) => {
  const [header, claims, signature] = `${token}`.split('.');
  const { exp, ms, sid } = claimsOf(token);
  const isSigned = signature && verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url'));
  return isSigned && exp * 1000 > Date.now() && !(sessions.get(sid)?.lapsed >= ms) ? claimsOf(token) : undefined;
};
/** What a scenario does, and no client: the access tokens of a session are good no more. */
export const lapse = (session) => {
  if (session) Object.assign(session, { access: {}, lapsed: Date.now() });
  save();
  return [204];
};

/** A route is given `{ query, body, bearer, cookies, origin }` and gives `[status, body, headers]`. */
export const serve = (routes) =>
  createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://any');
    const text = (await request.toArray()).join('');
    const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
    const asked = {
      query: Object.fromEntries(searchParams),
      body: !text ? {} : isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text),
      bearer: request.headers.authorization?.replace('Bearer ', ''),
      cookies: Object.fromEntries((request.headers.cookie ?? '').split('; ').map((pair) => pair.split(/=(.*)/s))),
      origin: `http://${request.headers.host}`,
    };
    const route = { 'GET /ready': () => [200, {}], ...routes }[`${request.method} ${pathname}`] ?? (() => [404, {}]);
    const [status, body, headers] = route(asked);
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...headers }).end(body && JSON.stringify(body));
  }).listen(port, '127.0.0.1');
