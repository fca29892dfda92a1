// The code flow with PKCE (RFC 7636), for the servers that sign in by it. Whoever comes is signed in as whom the app hints at, with nobody to ask.

import { hash, random } from './stub.mjs';

const codes = new Map();

export const authorize = ({ query }) => {
  const code = random();
  codes.set(code, query);
  const target = new URL(query.redirect_uri);
  target.search = new URLSearchParams({ code, state: query.state });
  return [302, undefined, { Location: target.href }];
};

/** What was asked at /authorize, once, if the verifier is the one that was meant. */
export const redeem = ({ code, code_verifier }) => {
  const query = codes.get(code);
  codes.delete(code);
  return query?.code_challenge == hash(`${code_verifier}`) ? query : undefined;
};
