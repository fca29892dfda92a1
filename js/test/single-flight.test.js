import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const fifty = (session, path = '/api/me') => Promise.all(Array.from({ length: 50 }, () => session.fetch(path)));

test('a fresh session costs no refresh', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  const response = await world.run(session.fetch('/api/me'));
  assert.equal((await response.json()).user, 'ada');
  assert.equal(world.server.refreshes, 0);
});

test('the timer of another token is none', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  world.jar.set('app.example.com', '__Host-pawl-fresh=other; Secure; Path=/; Max-Age=240');
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 1);
});

// requirement: CLI-02
test('fifty concurrent requests at expiry cost one refresh, and none of them meets a 401', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  const responses = await world.run(fifty(session));
  assert.ok(responses.every(({ ok }) => ok));
  assert.equal(world.server.refreshes, 1);
  assert.equal(world.server.to('/api/me').length, 50);
});

// requirement: CLI-02
test('a hundred concurrent 401s cost one refresh, and each request is repeated once', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  world.server.forgetKeys();
  const responses = await world.run(Promise.all([fifty(session), fifty(session)]));
  assert.ok(responses.flat().every(({ ok }) => ok));
  assert.equal(world.server.refreshes, 1);
  assert.equal(world.server.to('/api/me').length, 200);
});

test('every waiter gets the same outcome when the refresh fails', async () => {
  const world = new World();
  world.server.signIn();
  const { session, pawl } = world.join({ visible: false });
  await world.pass(240_000);
  world.server.fail('/auth/refresh', ...Array(100).fill(503));
  const outcomes = await world.run(Promise.allSettled(Array.from({ length: 50 }, () => session.fetch('/api/me'))));
  assert.ok(outcomes.every(({ reason }) => reason instanceof pawl.PawlError && reason.code === 'refresh_unavailable'));
  assert.equal(world.server.to('/api/me').length, 0);
});

// requirement: CLI-10
test('a caller who gives up ends its own wait and nobody else’s', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  const patient = session.fetch('/api/me');
  const controller = new AbortController();
  const hasty = session.fetch('/api/me', { signal: controller.signal });
  await world.pass(5);
  controller.abort(new Error('changed my mind'));
  await assert.rejects(hasty, /changed my mind/);
  assert.equal((await world.run(patient)).status, 200);
  assert.equal(world.server.refreshes, 1);
  assert.equal(world.server.to('/api/me').length, 1);
});

test('a request given up before it was made starts no refresh', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  await assert.rejects(world.run(session.fetch('/api/me', { signal: AbortSignal.abort(new Error('no')) })), /no/);
  await world.pass(1_000);
  assert.equal(world.server.log.length, 0);
});

test('the refresh call ends with its page and names the session it is for', async () => {
  const world = new World();
  const sid = world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  await world.run(session.ready());
  const [{ keepalive, headers, method }] = world.server.to('/auth/refresh');
  assert.deepEqual([keepalive, method, headers.get('Pawl-Session')], [false, 'POST', sid]);
});

// Its cookies might land on top of the next user's.
test('an answer that arrives after the page was left is dropped, and the next page asks once more', async () => {
  const world = new World();
  world.server.signIn();
  const page = world.join({ visible: false });
  await world.pass(240_000);
  page.session.ready().catch(() => {});
  await world.pass(25);
  page.close();
  await world.pass(1_000);
  const next = world.join({ visible: false });
  assert.equal((await world.run(next.session.fetch('/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 2);
});

// requirement: RT-08
test('a refresh that the server has done but whose answer is lost is repeated', async () => {
  const world = new World();
  world.server.signIn();
  const { session, heard } = world.join({ visible: false });
  await world.pass(240_000);
  world.server.fail('/auth/refresh', 'lost');
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 2);
  assert.equal(session.state.status, 'signed-in');
  assert.ok(!heard.includes('signedout'));
});
