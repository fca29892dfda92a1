// @supabase/auth-js with its defaults: the session in localStorage, refreshed by a timer and by getSession(), which the app asks before each request.

import { AuthClient, isAuthRefreshDiscardedError, isAuthRetryableFetchError } from '@supabase/auth-js';
import { age, offer, post, seconds, withToken } from './app.js';

const KEY = 'supabase.auth.token';
const kept = () => JSON.parse(localStorage.getItem(KEY) ?? '{}');
let signOuts = 0;
const spoil = () => post('/lapse', { token: kept().access_token });

export const start = async () => {
  const auth = new AuthClient({ url: `${location.origin}/auth/v1` });
  await auth.initialize();
  auth.onAuthStateChange((event) => { signOuts += event == 'SIGNED_OUT' ? 1 : 0; });
  // What another tab has changed meanwhile is to be read again.
  const session = async () => {
    const first = await auth.getSession();
    return isAuthRefreshDiscardedError(first.error) ? auth.getSession() : first;
  };
  const token = async () => {
    const { data, error } = await session();
    if (error && isAuthRetryableFetchError(error)) throw error;
    return data.session?.access_token;
  };
  offer(withToken({ token, renew: () => auth.refreshSession() }), {
    signIn: async ({ email, password }) => {
      const { error } = await auth.signInWithPassword({ email, password });
      if (error) throw error;
    },
    signOut: () => auth.signOut(),
    isSignedIn: async () => {
      const { data, error } = await session();
      return !!data.session || isAuthRetryableFetchError(error);
    },
    signOuts: () => signOuts,
    spoil,
    lapse: async () => {
      await spoil();
      age(KEY, { expires_at: seconds() - 1 });
    },
  });
};

export const signOutByPage = () => fetch('/auth/v1/logout?scope=global', { method: 'POST', headers: { Authorization: `Bearer ${kept().access_token}` } });
