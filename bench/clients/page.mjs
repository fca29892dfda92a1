// node page.mjs: writes the module that the pages of the others load. `start(name)` gives a page what the scenarios ask of it.

import { bundle } from './clients.mjs';

process.stdout.write(await bundle(`
  import axios from 'axios';
  import { createAuthRefresh } from 'axios-auth-refresh';

  let signOuts = 0;
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
      keep((await axios.post('/refresh', { refresh: localStorage.getItem('refresh') })).data);
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
        if (error.response?.status != 401 || error.config.retried || !localStorage.getItem('refresh')) throw error;
        await (refreshing ??= renew().finally(() => (refreshing = undefined)));
        return http({ ...error.config, retried: true });
      });
    },
    'axios-auth-refresh': (http) => {
      http.interceptors.request.use(authorize);
      createAuthRefresh(http, async (failed) => {
        if (!localStorage.getItem('refresh')) throw failed;
        await renew();
        failed.response.config.headers.Authorization = 'Bearer ' + localStorage.getItem('token');
      });
    },
  };

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
        const refresh = localStorage.getItem('refresh');
        clear();
        await axios.post('/logout', { refresh }).catch(() => {});
      },
      isSignedIn: () => !!localStorage.getItem('refresh'),
      signOuts: () => signOuts,
      tell: (path) => fetch(path, { method: 'POST', body: JSON.stringify({ refresh: localStorage.getItem('refresh') }) }),
    };
  };
`));
