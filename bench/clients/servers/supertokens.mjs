// Stands in for supertokens-node 24 and the SuperTokens core, by the interface that it asks for (CDI 5.4), with their defaults on one site: tokens in HttpOnly
// cookies (SameSite=Lax, antiCsrf NONE), sAccessToken for /, sRefreshToken for the refresh endpoint alone; what the page may know is in the front-token header.
// The core's rule: a session knows one refresh token, the parent. Shown again, the parent gives one more child. A child takes its place when it is shown itself,
// or when the access token that came with it is, which is then replaced by one with a life of its own. Any other refresh token is a theft, and its session is
// revoked. An access token is not looked up: it is good until it expires, also after sign-out.

import { issueJwt, byJwt, begin, claimsOf, end, hash, lapse, random, serve, sessionOf } from './stub.mjs';

const REFRESH = '/auth/session/refresh';
const cookie = (name, value, path, expires) => `${name}=${value}; Path=${path}; Expires=${new Date(expires).toUTCString()}; HttpOnly; SameSite=Lax`;
const year = () => Date.now() + 31_536_000_000;

const withAccess = (session, ownHash, parentHash) => {
  const token = issueJwt(session, {
    sub: session.email, tId: 'public', rsub: session.email, sessionHandle: session.id, iss: '/auth', antiCsrfToken: null,
    refreshTokenHash1: ownHash, parentRefreshTokenHash1: parentHash,
  });
  const claims = claimsOf(token);
  return {
    'front-token': Buffer.from(JSON.stringify({ uid: session.email, ate: claims.exp * 1000, up: claims })).toString('base64'),
    'Access-Control-Expose-Headers': 'front-token',
    'Set-Cookie': [cookie('sAccessToken', token, '/', year())],
  };
};
const withBoth = (session, parentHash) => {
  const refresh = `${session.id}.${random()}.${parentHash ?? ''}`;
  session.parent ??= hash(refresh);
  const headers = withAccess(session, hash(refresh), parentHash);
  headers['Set-Cookie'].push(cookie('sRefreshToken', refresh, REFRESH, Date.now() + 8_640_000_000));
  return headers;
};
const cleared = () => ({ 'front-token': 'remove', 'Set-Cookie': [cookie('sAccessToken', '', '/', 0), cookie('sRefreshToken', '', REFRESH, 0)] });
const tryRefresh = () => [401, { message: 'try refresh token' }];
const unauthorised = (message = 'unauthorised') => [401, { message }, cleared()];

/** What a guarded route does first: whose it is, maybe with the headers of a new access token, or a refusal. */
const verify = (token) => {
  const claims = byJwt(token);
  if (!claims) return { refusal: tryRefresh() };
  const { sub: email, sid, refreshTokenHash1: own, parentRefreshTokenHash1: parent } = claims;
  const session = sessionOf(sid);
  if (!parent) return { email, session };
  if (!session || session.ended) return { refusal: unauthorised() };
  if (session.parent == parent) session.parent = own;
  return { email, session, headers: session.parent == own ? withAccess(session, own) : undefined };
};

serve({
  'POST /auth/signin': ({ body }) => {
    const session = begin(body.formFields.find(({ id }) => id == 'email').value);
    return [200, { status: 'OK', user: { id: session.email, emails: [session.email] } }, withBoth(session)];
  },
  [`POST ${REFRESH}`]: ({ cookies }) => {
    const refresh = cookies.sRefreshToken;
    const session = sessionOf(refresh);
    if (!session || session.ended) return unauthorised();
    if (refresh.split('.')[2] == session.parent) session.parent = hash(refresh);
    if (session.parent == hash(refresh)) return [200, {}, withBoth(session, hash(refresh))];
    end(session);
    return unauthorised('token theft detected');
  },
  'POST /auth/signout': ({ cookies }) => {
    const { session, refusal } = cookies.sAccessToken ? verify(cookies.sAccessToken) : {};
    if (refusal) return refusal;
    if (session) end(session);
    return [200, { status: 'OK' }, session && cleared()];
  },
  'POST /lapse': ({ cookies }) => lapse(sessionOf(cookies.sAccessToken)),
  'GET /api/me': ({ cookies }) => {
    const { email, refusal, headers } = verify(cookies.sAccessToken);
    return refusal ?? [200, { email }, headers];
  },
});
