// Pages rendered on a server of their own, for a browser whose session is at a Pawl server: what Next, Nuxt or SvelteKit do in their middleware.
//
//   node samples/ssr/server.mjs [PORT] [PAWL]      http://localhost:3000, in front of http://localhost:5080
//
// Two rules. What is for the Pawl server goes there unchanged, and what it answers comes back unchanged. And a page is rendered with the browser's own cookies:
// where they need a refresh, one is made in the browser's name, and its cookies go out with the page. Two pages that do so at once end nothing.

import { createServer, request as send } from 'node:http';

const [port = '3000', pawl = 'http://localhost:5080'] = process.argv.slice(2);
// The middle of the cookies' names is the option CookieName of the Pawl server.
const NAME = 'pawl';
const REFRESH = `__Host-Http-${NAME}-refresh`;

const readCookies = (header = '') => new Map(header.split('; ').filter(Boolean).map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
const writeCookies = (cookies) => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** Asks the Pawl server as this browser: with its name for the host, its cookies, and its address. */
const ask = (browser, method, path, cookies) =>
  new Promise((resolve, reject) => {
    const headers = { host: browser.headers.host, cookie: writeCookies(cookies), 'x-forwarded-for': browser.socket.remoteAddress, 'user-agent': browser.headers['user-agent'] ?? '' };
    // A page of ours asks, so it is said who does: the Pawl server refuses a refresh that another site may have caused.
    if (method == 'POST') Object.assign(headers, { 'sec-fetch-site': 'same-origin', 'pawl-session': cookies.get(`__Host-${NAME}-session`)?.split('.')[0] ?? 'none', 'content-length': 0 });
    const call = send(new URL(path, pawl), { method, headers, timeout: 10_000 }, async (answer) => {
      const text = (await answer.toArray()).join('');
      resolve({ status: answer.statusCode, setCookie: answer.headers['set-cookie'] ?? [], body: text.startsWith('{') ? JSON.parse(text) : {} });
    });
    call.on('timeout', () => call.destroy()).on('error', reject).end();
  });

/** Who the browser is signed in as, and the cookies that the page has to take along. */
const findUser = async (browser) => {
  const cookies = readCookies(browser.headers.cookie);
  const me = await ask(browser, 'GET', '/api/me', cookies);
  if (me.status != 401 || !cookies.has(REFRESH)) return { ...me, setCookie: [] };
  const refreshed = await ask(browser, 'POST', '/auth/refresh', cookies);
  if (refreshed.status != 200) return refreshed;
  for (const line of refreshed.setCookie) for (const [name, value] of readCookies(line.split(';')[0])) cookies.set(name, value);
  return { ...(await ask(browser, 'GET', '/api/me', cookies)), setCookie: refreshed.setCookie };
};

const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const render = async (browser, page) => {
  const { status, body, setCookie } = await findUser(browser).catch(() => ({ status: 503, body: {}, setCookie: [] }));
  // Only the Pawl server says that a session is over. If it cannot be asked, nobody is signed out: the page says so, and the browser keeps its cookies.
  const [code, text] = status == 200 ? [200, `Signed in as ${escape(body.email)}.`] : status == 401 ? [200, 'Signed out.'] : [503, 'One moment, please.'];
  page.writeHead(code, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-store', ...(setCookie.length && { 'set-cookie': setCookie }), ...(code == 503 && { 'retry-after': '2' }) });
  page.end(`<!doctype html><title>Pawl</title><p>${text}</p><script type="module">import { createSession } from '/auth/client/pawl.js'; createSession();</script>`);
};

const forward = (browser, page) => {
  const call = send(new URL(browser.url, pawl), { method: browser.method, headers: { ...browser.headers, 'x-forwarded-for': browser.socket.remoteAddress } }, (answer) => answer.pipe(page.writeHead(answer.statusCode, answer.rawHeaders)));
  call.on('error', () => (page.headersSent ? page.destroy() : page.writeHead(503, { 'retry-after': '2' }).end()));
  browser.pipe(call);
};

const server = createServer((browser, page) => (/^\/(auth|api|\.well-known)\//.test(browser.url) ? forward : render)(browser, page));
server.listen(Number(port), 'localhost', () => console.log(`listening on http://localhost:${server.address().port}`));
