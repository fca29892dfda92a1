// node server.mjs PORT LIFE_MS: a server as tutorials build it for a token in localStorage. Access tokens live so long, refresh tokens are good for one
// refresh, and one that is shown again ends its session, for it may have been stolen (RFC 9700, section 4.14.2). No token is ever written to the output.

import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, life] = process.argv.slice(2).map(Number);
const FILE = 'sessions.json';
/** id -> { email, ended, refresh, access: { token: expires } } */
const sessions = new Map(existsSync(FILE) ? JSON.parse(readFileSync(FILE, 'utf8')) : []);
/** A token begins with the id of its session. */
const of = (token) => sessions.get(`${token}`.split('.')[0]);
const make = (id) => `${id}.${randomBytes(18).toString('hex')}`;

const save = () => {
  writeFileSync(`${FILE}.new`, JSON.stringify([...sessions]));
  renameSync(`${FILE}.new`, FILE);
};
const issue = (id, session) => {
  const token = make(id);
  session.refresh = make(id);
  session.access = { ...Object.fromEntries(Object.entries(session.access).slice(-8)), [token]: Date.now() + life };
  save();
  return [200, { token, refresh: session.refresh }];
};

const routes = {
  'GET /ready': () => [200, {}],
  'POST /login': ({ email }) => {
    const id = randomBytes(9).toString('hex');
    sessions.set(id, { email, access: {} });
    return issue(id, sessions.get(id));
  },
  'POST /refresh': ({ refresh }) => {
    const session = of(refresh);
    if (!session || session.ended) return [401, {}];
    if (session.refresh == refresh) return issue(`${refresh}`.split('.')[0], session);
    session.ended = true;
    save();
    return [401, {}];
  },
  'POST /logout': ({ refresh }) => {
    const session = of(refresh);
    if (session) session.ended = true;
    save();
    return [204];
  },
  // What a scenario does, and no client: the access tokens of a session are good no more.
  'POST /lapse': ({ refresh }) => {
    const session = of(refresh);
    if (session) session.access = {};
    save();
    return [204];
  },
  'GET /api/me': (_, bearer) => {
    const session = of(bearer);
    return session && !session.ended && session.access[bearer] > Date.now() ? [200, { email: session.email }] : [401, {}];
  },
};

createServer(async (request, response) => {
  const text = (await request.toArray()).join('');
  const route = routes[`${request.method} ${request.url.split('?')[0]}`] ?? (() => [404, {}]);
  const [status, body] = route(text ? JSON.parse(text) : {}, request.headers.authorization?.replace('Bearer ', ''));
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }).end(body && JSON.stringify(body));
}).listen(port, '127.0.0.1');
