// node bench/clients/overhead.mjs: what a client adds to each request while the token is fresh, in Chromium, signed in at Pawl.Server (which has to be built:
// ./build.cs build). Plain and wrapped requests take turns; a figure is the median of the rounds, in milliseconds a request.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, naive, root } from './clients.mjs';

const page = `
  import { createSession } from '/auth/client/pawl.js';
  import axios from 'axios';
  import { attach } from '${root}js/src/axios.js';
  ${naive.replace("import axios from 'axios';", '').replace('export const http', 'const http')}
  const report = (outcome) => fetch('/bench/result', { method: 'POST', body: JSON.stringify(outcome) });
  addEventListener('unhandledrejection', ({ reason }) => report('' + reason));
  addEventListener('error', ({ message }) => report(message));
  const user = { email: 'ada@example.com', password: 'Correct-Horse-7-Battery' };
  const json = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(user) };
  await fetch('/auth/register', json);
  const session = createSession();
  await session.signIn('login', user);

  const real = window.fetch;
  const nothing = async () => new Response('{}', { headers: { 'Content-Type': 'application/json' } });
  const plain = axios.create({ adapter: 'fetch' });
  const attached = attach(axios.create(), session);
  http.defaults.adapter = 'fetch';
  const pairs = {
    'session.fetch': [(url) => fetch(url), (url) => session.fetch(url)],
    'attach(axios, session)': [(url) => plain.get(url), (url) => attached.get(url)],
    'a shared promise by hand': [(url) => plain.get(url), (url) => http.get(url)],
  };
  const time = async (send, n) => {
    const from = performance.now();
    for (let i = 0; i < n; i++) await send('/api/clock');
    return (performance.now() - from) / n;
  };
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  const rows = [];
  for (const [wire, n, rounds] of [['no network', 500, 31], ['Pawl.Server on this machine', 50, 31]]) {
    window.fetch = wire == 'no network' ? nothing : real;
    // Pawl.Server would not take it.
    localStorage.setItem('token', wire == 'no network' ? 'x'.repeat(400) : '');
    for (const [name, [without, with_]] of Object.entries(pairs)) {
      await time(without, n), await time(with_, n);
      const rounds_ = [];
      for (let round = 0; round < rounds; round++) rounds_.push([await time(without, n), await time(with_, n)]);
      rows.push([wire, name, median(rounds_.map(([a]) => a)), median(rounds_.map(([, b]) => b)), median(rounds_.map(([a, b]) => b - a))]);
    }
  }
  window.fetch = real;
  await report(rows);
`;

const folder = mkdtempSync(join(tmpdir(), 'pawl-overhead-'));
const children = [];
const start = (program, words) => children[children.push(spawn(program, words, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })) - 1];
try {
  const server = start('dotnet', [`${root}src/Pawl.Server/bin/Release/net10.0/Pawl.Server.dll`, '--urls', 'http://127.0.0.1:0']);
  const port = await new Promise((found) => server.stdout.on('data', (text) => /listening on: \S+:(\d+)/.exec(text)?.slice(1).forEach(found)));
  const script = await bundle(page, { external: ['/auth/client/pawl.js'] });

  let finish;
  const result = new Promise((resolve) => (finish = resolve));
  const front = createServer(async (asked, answer) => {
    if (asked.url == '/bench') return answer.setHeader('Content-Type', 'text/html').end('<!doctype html><script type="module" src="/bench.js"></script>');
    if (asked.url == '/bench.js') return answer.setHeader('Content-Type', 'text/javascript').end(script);
    if (asked.url == '/bench/result') return finish(JSON.parse((await asked.toArray()).join(''))), answer.end();
    const { method, url, headers } = asked;
    asked.pipe(request({ port, method, path: url, headers }, (reply) => reply.pipe(answer.writeHead(reply.statusCode, reply.rawHeaders))));
  }).listen(0, 'localhost');
  await once(front, 'listening');
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const browser = start('chromium', [...flags, `--user-data-dir=${join(folder, 'profile')}`, `http://localhost:${front.address().port}/bench`]);
  const ended = once(browser, 'exit').then(() => { throw new Error('The browser has ended without a result.'); });
  const late = new Promise((_, fail) => setTimeout(fail, 240_000, new Error('No result in four minutes.')).unref());
  console.log('| | | without, ms | with, ms | added, ms |\n|---|---|--:|--:|--:|');
  const rows = await Promise.race([result, ended, late]);
  if (!Array.isArray(rows)) throw new Error(rows);
  for (const [wire, name, ...times] of rows) console.log(`| ${name} | ${wire} | ${times.map((ms) => ms.toFixed(4)).join(' | ')} |`);
} finally {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map((child) => child.exitCode ?? child.signalCode ?? once(child, 'exit')));
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
