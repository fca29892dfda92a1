// Stands in for an OpenID provider (OpenID Connect Discovery and Core, RP-Initiated Logout, RFC 7009) that rotates refresh tokens of clients without a secret,
// as node-oidc-provider does by default: one that is shown again revokes its grant, and all tokens of it (RFC 9700, section 4.14.2). Access tokens say nothing
// to others, and are looked up. A grant for offline_access outlives the sign-out at the provider.

import { authorize, redeem } from './codes.mjs';
import { issueReference, byReference, begin, end, jwt, lapse, lifeInSeconds, opaque, seconds, serve, sessionOf } from './stub.mjs';

const refuse = () => [400, { error: 'invalid_grant', error_description: 'grant request is invalid' }];

const answer = (session, origin, { nonce, client_id, scope }) => {
  const iat = seconds();
  session.used = [...(session.used ?? []), session.refresh];
  session.refresh = opaque(session);
  session.asked = { client_id, scope };
  return [200, {
    access_token: issueReference(session),
    id_token: jwt({ iss: origin, sub: session.email, aud: client_id, iat, exp: iat + 3600, nonce, email: session.email }),
    refresh_token: session.refresh, scope, expires_in: lifeInSeconds, token_type: 'Bearer',
  }];
};

serve({
  'GET /.well-known/openid-configuration': ({ origin }) => [200, {
    issuer: origin, authorization_endpoint: `${origin}/oidc/authorize`, token_endpoint: `${origin}/oidc/token`, end_session_endpoint: `${origin}/oidc/logout`,
    revocation_endpoint: `${origin}/oidc/revoke`, jwks_uri: `${origin}/oidc/jwks`, response_types_supported: ['code'], subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
  }],
  'GET /oidc/authorize': authorize,
  'POST /oidc/token': ({ body, origin }) => {
    if (body.grant_type == 'authorization_code') {
      const query = redeem(body);
      return query ? answer(begin(query.login_hint), origin, query) : refuse();
    }
    const session = sessionOf(body.refresh_token);
    if (session && !session.ended && session.refresh == body.refresh_token) return answer(session, origin, session.asked);
    if (session?.used.includes(body.refresh_token)) end(session);
    return refuse();
  },
  'GET /oidc/logout': () => [200, {}],
  'POST /oidc/revoke': ({ body }) => {
    end(sessionOf(body.token));
    return [200];
  },
  'POST /lapse': ({ body }) => lapse(sessionOf(body.token)),
  'GET /api/me': ({ bearer }) => {
    const session = byReference(bearer);
    return session ? [200, { email: session.email }] : [401, { error: 'invalid_token' }];
  },
});
