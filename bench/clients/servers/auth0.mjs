// Stands in for Auth0: refresh tokens are rotated with a reuse interval (leeway) of 0, its default. One that is shown again revokes all of its family. An ID
// token is good for ten hours. The API believes a JWT until it expires. /v2/logout ends what the browser has at Auth0, and revokes no refresh token; that is
// done at /oauth/revoke.

import { authorize, redeem } from './codes.mjs';
import { issueJwt, byJwt, begin, end, jwt, lapse, lifeInSeconds, opaque, seconds, serve, sessionOf } from './stub.mjs';

const TEN_HOURS = 36_000;
const refuse = (description) => [403, { error: 'invalid_grant', error_description: description }];

const answer = (session, origin, { nonce, client_id, scope, audience }) => {
  const [sub, iss, iat] = [`auth0|${session.email}`, `${origin}/`, seconds()];
  session.used = [...(session.used ?? []), session.refresh];
  session.refresh = opaque(session);
  session.asked = { client_id, scope, audience };
  return [200, {
    access_token: issueJwt(session, { iss, sub, aud: audience, scope, azp: client_id, email: session.email }),
    id_token: jwt({ iss, sub, aud: client_id, iat, exp: iat + TEN_HOURS, nonce, sid: session.id, email: session.email }),
    refresh_token: session.refresh, scope, expires_in: lifeInSeconds, token_type: 'Bearer',
  }];
};

serve({
  'GET /authorize': authorize,
  'POST /oauth/token': ({ body, origin }) => {
    if (body.grant_type == 'authorization_code') {
      const query = redeem(body);
      return query ? answer(begin(query.login_hint), origin, query) : refuse('Invalid authorization code');
    }
    const session = sessionOf(body.refresh_token);
    if (session && !session.ended && session.refresh == body.refresh_token) return answer(session, origin, session.asked);
    if (session?.used.includes(body.refresh_token)) end(session);
    return refuse('Unknown or invalid refresh token.');
  },
  'GET /v2/logout': () => [200, {}],
  'POST /oauth/revoke': ({ body }) => {
    end(sessionOf(body.token));
    return [200];
  },
  'POST /lapse': ({ body }) => lapse(sessionOf(body.token)),
  'GET /api/me': ({ bearer }) => {
    const claims = byJwt(bearer);
    return claims ? [200, { email: claims.email }] : [401, { error: 'invalid_token' }];
  },
});
