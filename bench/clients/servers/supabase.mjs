// Stands in for Supabase: its auth server (GoTrue) below /auth/v1, with refresh tokens rotated and a reuse interval of ten seconds, as Supabase has it by
// default, and an API that believes a JWT until it expires, also after sign-out.
// GoTrue's rule: a refresh token that has been used before gives the active one again if it is the parent of that; else, within the reuse interval, one more
// child; else all of its family are revoked.

import { issueJwt, byJwt, begin, claimsOf, lapse, lifeInSeconds, random, save, serve, sessionOf, sessions } from './stub.mjs';

const REUSE = 10_000;
const userOf = ({ email }) => ({ id: email, aud: 'authenticated', role: 'authenticated', email, app_metadata: {}, user_metadata: {} });
const refuse = (status, code, message) => [status, { code, message }, { 'X-Supabase-Api-Version': '2024-01-01' }];

const child = (session, parent) => {
  if (parent && !session.tokens[parent].revoked) session.tokens[parent].revoked = Date.now();
  const token = `${session.id}.${random().slice(0, 12)}`;
  (session.tokens ??= {})[token] = { parent };
  return token;
};
const answer = (session, refresh) => {
  const { email, id } = session;
  const token = issueJwt(session, { sub: email, aud: 'authenticated', role: 'authenticated', email, session_id: id });
  return [200, {
    access_token: token, token_type: 'bearer', expires_in: lifeInSeconds, expires_at: claimsOf(token).exp, refresh_token: refresh, user: userOf(session),
  }];
};
const refreshed = (refresh) => {
  const session = sessionOf(refresh);
  const known = session?.tokens[refresh];
  if (!known || session.ended) return refuse(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');
  if (!known.revoked) return answer(session, child(session, refresh));
  const active = Object.entries(session.tokens).findLast(([, { revoked }]) => !revoked);
  if (active?.[1].parent == refresh) return answer(session, active[0]);
  if (Date.now() <= known.revoked + REUSE) return answer(session, child(session, refresh));
  for (const token of Object.values(session.tokens)) token.revoked ||= Date.now();
  save();
  return refuse(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used');
};
/** For GoTrue itself the JWT alone is not enough. */
const withSession = (bearer, route) => {
  const claims = byJwt(bearer);
  if (!claims) return refuse(403, 'bad_jwt', 'invalid JWT: token is expired');
  const session = sessions.get(claims.sid);
  return !session || session.ended ? refuse(403, 'session_not_found', 'Session from session_id claim in JWT does not exist') : route(session);
};

serve({
  'POST /auth/v1/token': ({ query, body }) => {
    if (query.grant_type == 'refresh_token') return refreshed(body.refresh_token);
    const session = begin(body.email);
    return answer(session, child(session));
  },
  'POST /auth/v1/logout': ({ query, bearer }) =>
    withSession(bearer, (session) => {
      for (const other of sessions.values()) if (other == session || (query.scope != 'local' && other.email == session.email)) other.ended = true;
      save();
      return [204];
    }),
  'GET /auth/v1/user': ({ bearer }) => withSession(bearer, (session) => [200, userOf(session)]),
  'POST /lapse': ({ body }) => lapse(sessionOf(body.token)),
  'GET /api/me': ({ bearer }) => {
    const claims = byJwt(bearer);
    return claims ? [200, { email: claims.email }] : [401, { message: 'JWT expired' }];
  },
});
