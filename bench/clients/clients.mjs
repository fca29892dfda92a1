// What a page has to load to stay signed in, by each client: as little as its manual lets one import.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('../../', import.meta.url));

// What every tutorial shows, and many apps have: one shared promise, and a token in localStorage.
export const naive = `
  import axios from 'axios';
  export const http = axios.create();
  let refreshing;
  http.interceptors.request.use((config) => {
    const token = localStorage.getItem('token');
    if (token) config.headers.Authorization = 'Bearer ' + token;
    return config;
  });
  http.interceptors.response.use(undefined, async (error) => {
    if (error.response?.status != 401 || error.config.retried) throw error;
    refreshing ??= axios.post('/refresh', { token: localStorage.getItem('refresh') }).finally(() => (refreshing = undefined));
    localStorage.setItem('token', (await refreshing).data.token);
    return http({ ...error.config, retried: true });
  });`;

const pawl = JSON.stringify(`${root}js/src/pawl.js`);
const adapter = JSON.stringify(`${root}js/src/axios.js`);

export const clients = [
  { name: 'pawl', code: `export { createSession } from ${pawl}` },
  { name: 'pawl/axios, besides', code: `export { attach } from ${adapter}`, external: ['axios'] },
  { name: 'a shared promise by hand', code: naive, external: ['axios'] },
  { name: 'axios-auth-refresh', code: `export { createAuthRefresh, default } from 'axios-auth-refresh'`, external: ['axios'] },
  { name: 'supertokens-website', code: `export { default } from 'supertokens-website'` },
  { name: '@supabase/auth-js', code: `export { AuthClient } from '@supabase/auth-js'` },
  { name: '@auth0/auth0-spa-js', code: `export { Auth0Client } from '@auth0/auth0-spa-js'` },
  { name: 'oidc-client-ts', code: `export { UserManager } from 'oidc-client-ts'` },
  { name: 'keycloak-js', code: `export { default } from 'keycloak-js'` },
  { name: 'axios itself', code: `export { default } from 'axios'` },
];

export const versionOf = (name) => {
  const [id] = /^(@[\w-]+\/)?[\w-]+/.exec(name);
  if (name.startsWith('pawl') || name.includes(' by hand')) return '';
  return JSON.parse(readFileSync(`${root}bench/clients/node_modules/${id}/package.json`, 'utf8')).version;
};

export const bundle = async (code, { external = [], ...options } = {}) => {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: `${root}bench/clients` },
    bundle: true, minify: true, write: false, format: 'esm', target: 'es2022', platform: 'browser', legalComments: 'none', logLevel: 'error', external, ...options,
  });
  return outputFiles[0].contents;
};
