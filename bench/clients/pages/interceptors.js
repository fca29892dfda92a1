// With axios, tokens in localStorage: what every tutorial shows, a shared promise by hand; and axios-auth-refresh, as its manual shows.

import axios from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';
import { post } from './app.js';

let signOuts = 0;
const refreshToken = () => localStorage.getItem('refresh');
const clear = () => { for (const key of ['token', 'refresh']) localStorage.removeItem(key); };
const keep = ({ token, refresh }) => { localStorage.setItem('token', token); localStorage.setItem('refresh', refresh); };
const authorize = (config) => {
  const token = localStorage.getItem('token');
  if (token) config.headers.Authorization = 'Bearer ' + token;
  return config;
};
// As tutorials have it: whatever goes wrong, the user is sent to sign in.
const renew = async () => {
  try {
    keep((await axios.post('/refresh', { refresh: refreshToken() })).data);
  } catch (error) {
    signOuts++;
    clear();
    throw error;
  }
};

const wire = {
  'shared promise': (http) => {
    let refreshing;
    http.interceptors.request.use(authorize);
    http.interceptors.response.use(undefined, async (error) => {
      if (error.response?.status != 401 || error.config.retried || !refreshToken()) throw error;
      await (refreshing ??= renew().finally(() => (refreshing = undefined)));
      return http({ ...error.config, retried: true });
    });
  },
  'axios-auth-refresh': (http) => {
    http.interceptors.request.use(authorize);
    createAuthRefresh(http, async (failed) => {
      if (!refreshToken()) throw failed;
      await renew();
      failed.response.config.headers.Authorization = 'Bearer ' + localStorage.getItem('token');
    });
  },
};

// Such a client reads no lifetime: it learns by a 401.
const lapse = () => post('/lapse', { token: refreshToken() });

export const start = (name) => {
  const http = axios.create({ responseType: 'text', transformResponse: (text) => text });
  wire[name](http);
  window.call = (url, { method = 'GET', body, headers } = {}) =>
    http.request({ url, method, data: body, headers }).then(
      ({ status, data }) => ({ status, body: data }),
      (error) => ({ status: error.response?.status ?? 0, body: '', error: error.response ? undefined : error.code || '' + error }),
    );
  window.client = {
    signIn: async (user) => keep((await axios.post('/login', { email: user.email })).data),
    signOut: async () => {
      const refresh = refreshToken();
      clear();
      await axios.post('/logout', { refresh }).catch(() => {});
    },
    isSignedIn: () => !!refreshToken(),
    signOuts: () => signOuts,
    lapse,
    spoil: lapse,
  };
};

export const signOutByPage = () => post('/logout', { refresh: refreshToken() });
