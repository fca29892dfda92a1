// supertokens-website as its documentation sets it up on one site: init, then fetch as always. Tokens are in cookies, which is its default.

import SuperTokens from 'supertokens-website';
import { offer, post } from './app.js';

let signOuts = 0;
const spoil = () => post('/lapse');

export const start = () => {
  SuperTokens.init({
    apiDomain: location.origin,
    apiBasePath: '/auth',
    onHandleEvent: ({ action }) => { signOuts += action == 'UNAUTHORISED' || action == 'SIGN_OUT' ? 1 : 0; },
  });
  offer((input, init) => fetch(input, init), {
    signIn: async ({ email, password }) => {
      const formFields = [{ id: 'email', value: email }, { id: 'password', value: password }];
      const response = await post('/auth/signin', { formFields });
      if (!response.ok) throw new Error('not signed in');
    },
    signOut: () => SuperTokens.signOut(),
    isSignedIn: () => SuperTokens.doesSessionExist(),
    signOuts: () => signOuts,
    spoil,
    // The time of expiry that it keeps is in a cookie of its own.
    lapse: async () => {
      await spoil();
      const front = /sFrontToken=([^;]*)/.exec(document.cookie)?.[1];
      if (!front) return;
      const aged = btoa(JSON.stringify({ ...JSON.parse(atob(front)), ate: Date.now() - 1000 }));
      document.cookie = `sFrontToken=${aged}; path=/; samesite=lax; max-age=86400`;
    },
  });
};

export const signOutByPage = () => post('/auth/signout');
