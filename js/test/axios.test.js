import assert from 'node:assert/strict';
import { test } from 'node:test';
import axios from 'axios';
import { attach } from '../src/axios.js';
import { challenge, json, problem } from './fakes/server.js';
import { APP, World } from './fakes/world.js';

const open = (world, options) => {
  world.server.signIn();
  const tab = world.join(options);
  return { ...tab, http: attach(axios.create({ baseURL: APP }), tab.session) };
};

test('requests go in the name of the session', async () => {
  const world = new World();
  const { http, session } = open(world);
  const { data, status } = await world.run(http.get('/api/me'));
  assert.deepEqual([status, data.user], [200, 'ada']);
  assert.equal(world.server.log[0].headers.get('Pawl-Session'), session.state.sid);
});

// requirement: CLI-02
test('a hundred concurrent 401s cost one refresh, and each request is repeated once', async () => {
  const world = new World();
  const { http } = open(world);
  world.server.forgetKeys();
  const responses = await world.run(Promise.all(Array.from({ length: 100 }, () => http.get('/api/me'))));
  assert.ok(responses.every(({ status }) => status === 200));
  assert.equal(world.server.refreshes, 1);
  assert.equal(world.server.to('/api/me').length, 200);
});

const form = new FormData();
form.set('text', 'hello');
const bodies = { 'an object': { hello: 1 }, 'a string': 'hello', 'a form': form, 'URLSearchParams': new URLSearchParams('hello=1') };

for (const [what, body] of Object.entries(bodies))
  test(`${what} is sent again whole, with its content type`, async () => {
    const world = new World();
    const { http } = open(world);
    world.server.forgetKeys();
    await world.run(http.post('/api/me', body));
    const [first, second] = world.server.to('/api/me').map((request) => request.body.replaceAll(/-+formdata-undici-\d+-*/g, ''));
    assert.ok(first.includes('hello'));
    assert.equal(second, first);
  });

test('interceptors and error handling stay those of axios', async () => {
  const world = new World();
  const { http } = open(world);
  http.interceptors.response.use((response) => response.data);
  world.server.route('/api/own', () => problem(401, 'wrong_password'));
  assert.equal((await world.run(http.get('/api/me'))).user, 'ada');
  await assert.rejects(
    world.run(http.get('/api/own')),
    (error) => axios.isAxiosError(error) && error.response.status === 401 && error.response.data.code === 'wrong_password',
  );
});

// requirement: CLI-02
test('an endpoint that always answers 401 is asked twice, then heard', async () => {
  const world = new World();
  const { http } = open(world);
  world.server.route('/api/broken', () => problem(401, 'access_token_invalid', challenge));
  await assert.rejects(world.run(http.get('/api/broken')), (error) => error.response.status === 401);
  assert.equal(world.server.to('/api/broken').length, 2);
});

test('what session.fetch rejects with keeps its code', async () => {
  const world = new World();
  const { http } = open(world, { visible: false });
  await world.pass(240_000);
  world.server.fail('/auth/refresh', ...Array(100).fill(503));
  await assert.rejects(
    world.run(http.get('/api/me')),
    (error) => axios.isAxiosError(error) && error.code === 'refresh_unavailable' && error.cause.name === 'PawlError',
  );
});

// requirement: CLI-10
test('cancelling one request leaves the shared refresh alone', async () => {
  const world = new World();
  const { http } = open(world, { visible: false });
  await world.pass(240_000);
  const controller = new AbortController();
  const hasty = http.get('/api/me', { signal: controller.signal });
  const patient = http.get('/api/me');
  await world.pass(5);
  controller.abort();
  await assert.rejects(hasty, axios.isCancel);
  assert.equal((await world.run(patient)).status, 200);
  assert.equal(world.server.refreshes, 1);
});

// requirement: CLI-04, ATTACK-30
test('an absolute URL to another origin gets nothing of the session', async () => {
  const world = new World();
  const { http } = open(world);
  world.server.route('/x', () => json({}));
  for (const url of ['https://evil.example/x', '//evil.example/x']) await world.run(http.get(url).catch(() => {}));
  assert.ok(world.server.log.length > 0);
  for (const { headers, cookies } of world.server.log) assert.deepEqual([headers.get('Pawl-Session'), cookies], [null, {}]);
});

test('another instance is not touched', () => {
  const world = new World();
  open(world);
  assert.notEqual(axios.create().defaults.adapter, 'fetch');
});

for (const version of ['0.27', '1.7', '1.11'])
  test(`attach refuses axios ${version} at once, and says which version it needs`, async (t) => {
    const sent = t.mock.method(globalThis, 'fetch', async (input) => new Response(`${input.url ?? input}`));
    const old = (await import(`axios-${version}`)).default;
    for (const instance of [old, old.create({ baseURL: APP, transformResponse: [] })])
      assert.throws(() => attach(instance, new World().join().session), /^Error: pawl: attach needs axios 1\.12 or later/);
    for (const { arguments: [request] } of sent.mock.calls) assert.equal(request.url, 'data:,');
  });

test('attach takes axios 1.12, and sends through the session', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  const http = attach((await import('axios-1.12')).default.create({ baseURL: APP, transformRequest: [() => assert.fail()] }), session);
  http.defaults.transformRequest = [];
  assert.equal((await world.run(http.get('/api/me'))).status, 200);
  assert.equal(world.server.log[0].headers.get('Pawl-Session'), session.state.sid);
});
