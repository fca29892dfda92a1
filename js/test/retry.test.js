import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { challenge, json, problem } from './fakes/server.js';

const open = (world, options) => {
  world.server.signIn();
  return world.join(options);
};

for (const code of ['access_token_expired', 'access_token_invalid'])
  test(`a 401 with ${code} is answered by one refresh and one retry`, async () => {
    const world = new World();
    const { session } = open(world);
    let calls = 0;
    world.server.route('/api/own', () => (++calls === 1 ? problem(401, code, challenge) : json({})));
    assert.equal((await world.run(session.fetch('/api/own'))).status, 200);
    assert.deepEqual([calls, world.server.refreshes], [2, 1]);
  });

for (const [what, answer] of [
  ['without a challenge', () => problem(401, 'access_token_expired')],
  ['with another challenge', () => problem(401, 'access_token_expired', { 'WWW-Authenticate': 'Digest error="invalid_token"' })],
  ['without our code', () => problem(401, 'wrong_password', challenge)],
  ['without a body', () => new Response(null, { status: 401, headers: challenge })],
  ['whose body is not JSON', () => new Response('<p>no', { status: 401, headers: challenge })],
  ['for want of credentials', () => problem(401, 'authentication_required', { 'WWW-Authenticate': 'Bearer' })],
  [
    'that is a 403 for want of scope',
    () => problem(403, 'insufficient_scope', { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' }),
  ],
  ['that is a 500', () => new Response('', { status: 500 })],
])
  // requirement: HTTP-06
  test(`an answer ${what} is the application’s own, and passed on as it is`, async () => {
    const world = new World();
    const { session } = open(world);
    world.server.route('/api/own', answer);
    const response = await world.run(session.fetch('/api/own'));
    assert.equal(response.status, answer().status);
    assert.equal(await response.text(), await answer().text());
    assert.equal(world.server.refreshes, 0);
    assert.equal(world.server.to('/api/own').length, 1);
  });

// requirement: CLI-02
test('an endpoint that always answers 401 costs one refresh per access token, not one per request', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.route('/api/broken', () => problem(401, 'access_token_invalid', challenge));
  for (let i = 0; i < 10; i++) {
    const response = await world.run(session.fetch('/api/broken'));
    assert.equal(response.status, 401);
    assert.equal((await response.json()).code, 'access_token_invalid');
  }
  assert.equal(world.server.refreshes, 1);
  assert.equal(world.server.to('/api/broken').length, 11);
  assert.equal(session.state.status, 'signed-in');
});

test('a refresh that brings nothing new is no reason to repeat a request', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.route('/api/own', () => problem(401, 'access_token_expired', challenge));
  world.server.fail('/auth/refresh', () => json({ sid: session.state.sid, refresh_in: 240 }));
  assert.equal((await world.run(session.fetch('/api/own'))).status, 401);
  assert.equal(world.server.to('/api/own').length, 1);
});

test('a 401 that arrives late, after the refresh, is repeated without another', async () => {
  const world = new World();
  const { session } = open(world);
  let calls = 0;
  const expired = () => Object.assign(problem(401, 'access_token_expired', challenge), { delay: 2_000 });
  world.server.route('/api/slow', () => (++calls === 1 ? expired() : json({})));
  const late = session.fetch('/api/slow');
  await world.pass(100);
  world.server.forgetKeys();
  await world.run(session.fetch('/api/me'));
  assert.equal((await world.run(late)).status, 200);
  assert.equal(world.server.refreshes, 1);
});

test('a 401 after another tab’s refresh is repeated without one', async () => {
  const world = new World();
  const { session } = open(world);
  const other = world.join();
  let calls = 0;
  const expired = () => Object.assign(problem(401, 'access_token_expired', challenge), { delay: 2_000 });
  world.server.route('/api/slow', () => (++calls === 1 ? expired() : json({})));
  const late = session.fetch('/api/slow');
  await world.pass(100);
  world.server.forgetKeys();
  await world.run(other.session.fetch('/api/me'));
  assert.equal((await world.run(late)).status, 200);
  assert.equal(world.server.refreshes, 1);
});

test('a 401 surfaces if the session turns out to have ended', async () => {
  const world = new World();
  const sid = world.server.signIn();
  const { session, heard } = world.join();
  world.server.route('/api/own', () => problem(401, 'access_token_expired', challenge));
  world.server.end(sid, 'idle');
  const response = await world.run(session.fetch('/api/own'));
  assert.equal(response.status, 401);
  assert.equal((await response.json()).code, 'access_token_expired');
  assert.deepEqual(heard, ['signedout idle']);
  assert.equal(world.server.to('/api/own').length, 1);
});

// requirement: CLI-04
test('a 401 that a redirect fetched from elsewhere is not believed', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ options: { origins: ['https://api.example.com'] } });
  const away = new Response(null, { status: 307, headers: { Location: 'https://evil.example/api/evil' } });
  world.server.route('/api/away', () => away);
  world.server.route('/api/evil', () => problem(401, 'session_ended', challenge));
  const response = await world.run(session.fetch('https://api.example.com/api/away'));
  assert.equal(response.status, 401);
  assert.equal(session.state.status, 'signed-in');
  assert.equal(world.server.refreshes, 0);
});

test('the caller’s own headers and options go along, both times', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.forgetKeys();
  await world.run(session.fetch('/api/me', { method: 'PUT', headers: { 'X-Mine': '1' }, cache: 'no-store' }));
  const calls = world.server.to('/api/me');
  assert.deepEqual(calls.map(({ method, headers }) => [method, headers.get('X-Mine')]), [['PUT', '1'], ['PUT', '1']]);
});

test('the caller’s own objects are left as they were', async () => {
  const world = new World();
  const { session } = open(world);
  const headers = Object.freeze({ 'X-Mine': '1' });
  const init = Object.freeze({ headers });
  assert.equal((await world.run(session.fetch('/api/me', init))).status, 200);
});
