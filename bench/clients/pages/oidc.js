// oidc-client-ts with refresh tokens (offline_access), automaticSilentRenew, which is its default, and the user in localStorage, so that other tabs find it.
// Before each request the app asks getUser(), and signinSilent() if that has expired or was refused: once at a time in a tab, which the library does not see to.

import { ErrorResponse, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { age, offer, post, seconds, shared, withToken } from './app.js';

const KEY = `oidc.user:${location.origin}:app`;
const kept = () => JSON.parse(localStorage.getItem(KEY) ?? '{}');
let signOuts = 0;
const judge = (error) => { signOuts += error instanceof ErrorResponse ? 1 : 0; };
const spoil = () => post('/lapse', { token: kept().access_token });

export const start = () => {
  // A navigator is the library's way to go elsewhere; here the way there and back is a request that is redirected.
  let landed;
  const byRequest = { prepare: async () => ({ navigate: async ({ url }) => { landed = (await fetch(url)).url; }, close() {} }) };
  const here = location.origin + location.pathname;
  const manager = new UserManager({
    authority: location.origin,
    client_id: 'app',
    redirect_uri: here,
    post_logout_redirect_uri: here,
    scope: 'openid offline_access',
    userStore: new WebStorageStateStore({ store: localStorage }),
  }, byRequest);
  manager.events.addSilentRenewError(judge);

  const renew = shared(() =>
    manager.signinSilent().catch((error) => {
      judge(error);
      throw error;
    }));
  const token = async () => {
    const user = await manager.getUser();
    return (user?.expired ? await renew() : user)?.access_token;
  };
  offer(withToken({ token, renew }), {
    signIn: async ({ email }) => {
      await manager.signinRedirect({ login_hint: email });
      await manager.signinCallback(landed);
    },
    signOut: () => manager.signoutRedirect(),
    isSignedIn: async () => !!(await manager.getUser()),
    signOuts: () => signOuts,
    spoil,
    lapse: async () => {
      await spoil();
      age(KEY, { expires_at: seconds() - 1 });
    },
  });
};

export const signOutByPage = () => fetch('/oidc/revoke', { method: 'POST', body: new URLSearchParams({ client_id: 'app', token: kept().refresh_token }) });
