// @auth0/auth0-spa-js with rotating refresh tokens and a cache in localStorage, so that a reload and other tabs find them; getTokenSilently() before each
// request, and without its cache after a 401. Where it says that the user has to sign in, or invalid_grant, the app would go there.

import { createAuth0Client } from '@auth0/auth0-spa-js';
import { age, offer, post, seconds, withToken } from './app.js';

const PREFIX = '@@auth0spajs@@';
const SIGN_IN = ['login_required', 'consent_required', 'interaction_required', 'invalid_grant', 'missing_refresh_token'];
const entries = () => Object.keys(localStorage).filter((key) => key.startsWith(PREFIX) && JSON.parse(localStorage.getItem(key)).expiresAt);
const kept = () => entries().map((key) => JSON.parse(localStorage.getItem(key)).body)[0];
let signOuts = 0;
const spoil = () => post('/lapse', { token: kept()?.refresh_token });

export const start = async () => {
  const auth0 = await createAuth0Client({
    domain: location.origin,
    clientId: 'app',
    useRefreshTokens: true,
    cacheLocation: 'localstorage',
    authorizationParams: { redirect_uri: location.origin + location.pathname, audience: 'https://api.example.com' },
  });
  const token = async (options) => {
    try {
      return await auth0.getTokenSilently(options);
    } catch (error) {
      if (SIGN_IN.includes(error.error)) signOuts++;
      throw error;
    }
  };
  offer(withToken({ token: () => token(), renew: () => token({ cacheMode: 'off' }) }), {
    // openUrl is for apps that cannot leave their page; here the way there and back is a request that is redirected.
    signIn: async ({ email }) => {
      let landed;
      await auth0.loginWithRedirect({ authorizationParams: { login_hint: email }, openUrl: async (url) => { landed = (await fetch(url)).url; } });
      await auth0.handleRedirectCallback(landed);
    },
    signOut: () => auth0.logout({ openUrl: async (url) => { await fetch(url); } }),
    isSignedIn: () => auth0.isAuthenticated(),
    signOuts: () => signOuts,
    spoil,
    lapse: async () => {
      await spoil();
      for (const key of entries()) age(key, { expiresAt: seconds() - 1 });
    },
  });
};

export const signOutByPage = () => post('/oauth/revoke', { client_id: 'app', token: kept().refresh_token });
