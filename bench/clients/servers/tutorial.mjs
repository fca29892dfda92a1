// A server as tutorials build it for a token in localStorage: refresh tokens are good for one refresh, and one that is shown again ends its session, for it may
// have been stolen (RFC 9700, section 4.14.2). An access token is looked up, and is good no more when its session has ended.

import { issueReference, byReference, begin, end, lapse, opaque, serve, sessionOf } from './stub.mjs';

const issue = (session) => {
  session.refresh = opaque(session);
  return [200, { token: issueReference(session), refresh: session.refresh }];
};

serve({
  'POST /login': ({ body }) => issue(begin(body.email)),
  'POST /refresh': ({ body }) => {
    const session = sessionOf(body.refresh);
    if (!session || session.ended) return [401, {}];
    if (session.refresh == body.refresh) return issue(session);
    end(session);
    return [401, {}];
  },
  'POST /logout': ({ body }) => {
    end(sessionOf(body.refresh));
    return [204];
  },
  'POST /lapse': ({ body }) => lapse(sessionOf(body.token)),
  'GET /api/me': ({ bearer }) => {
    const session = byReference(bearer);
    return session ? [200, { email: session.email }] : [401, {}];
  },
});
