import assert from 'node:assert/strict';
import { test } from 'node:test';
import { refusal } from './fakes/server.js';
import { World } from './fakes/world.js';

const REQUIRED = [401, 'device_proof_required'];
const PREFERRED = [503, 'device_proof_delayed', { 'Retry-After': '1' }];

const bound = async (options = { visible: false }) => {
  const world = new World();
  const sid = world.server.signIn();
  const tab = world.join(options);
  world.server.bind(sid);
  await world.pass(1_000);
  return { world, sid, tab, session: tab.session, key: world.server.key };
};

/** The timer cookie has gone, and the access token a little later. */
const EXPIRY = 310_000;

test('the state says that the browser has a key', async () => {
  const { session } = await bound();
  assert.equal(session.state.bound, true);
  const world = new World();
  world.server.signIn();
  assert.equal(world.join().session.state.bound, false);
});

test('requests are sent as they are when a refresh is due, because the browser makes it', async () => {
  const { world, session, key, tab } = await bound();
  await world.pass(EXPIRY);
  const responses = await world.run(Promise.all([1, 2, 3].map(() => session.fetch('/api/me'))));
  assert.ok(responses.every(({ ok }) => ok));
  assert.deepEqual([key.refreshes, world.server.refreshes, world.server.to('/auth/fresh').length], [1, 0, 0]);
  assert.equal(tab.heard.at(-1), 'refreshed');
});

test('a visible tab does not refresh by timer', async () => {
  const { world, key } = await bound({ visible: true });
  await world.pass(EXPIRY);
  assert.deepEqual([key.refreshes, world.server.refreshes], [0, 0]);
});

test('a page that waits for a fresh token makes the browser refresh', async () => {
  const { world, session, key } = await bound();
  await world.pass(EXPIRY);
  await world.run(session.ready());
  assert.deepEqual([key.refreshes, world.server.refreshes, world.server.to('/auth/fresh').length], [1, 0, 1]);
});

test('a refused access token makes the browser refresh, although its timer is there', async () => {
  const { world, session, key } = await bound();
  world.server.forgetKeys();
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.deepEqual([key.refreshes, world.server.refreshes], [1, 0]);
});

test('a refresh that the browser puts off is waited for, and signs no user out', async () => {
  const { world, session, key, tab } = await bound();
  await world.pass(EXPIRY);
  key.fail(503, 503, 503);
  world.server.fail('/auth/fresh', 'unreachable');
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.deepEqual([key.refreshes, world.server.refreshes], [1, 0]);
  assert.ok(!tab.heard.some((event) => event.startsWith('signedout')));
});

test('a browser that has lost its key goes on by the refresh of the client', async () => {
  const { world, session, key, tab } = await bound();
  await world.pass(EXPIRY);
  key.fail(403);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.deepEqual([key.lost, world.server.refreshes, session.state.bound], [true, 1, false]);
  assert.ok(!tab.heard.some((event) => event.startsWith('signedout')));
});

test('a key lost too early to go on without it signs no user out', async () => {
  const { world, session, key, tab } = await bound();
  world.server.keyless = PREFERRED;
  world.server.forgetKeys();
  key.fail(403);
  const failed = await world.time(session.fetch('/api/me'));
  assert.equal(failed.error.code, 'refresh_unavailable');
  world.server.keyless = undefined;
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.ok(!tab.heard.some((event) => event.startsWith('signedout')));
});

test('a lost key that the app demands signs out, and says why', async () => {
  const { world, session, key, tab } = await bound();
  await world.pass(EXPIRY);
  world.server.keyless = REQUIRED;
  key.fail(403);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 401);
  assert.ok(tab.heard.includes('signedout device_proof_required'));
  assert.deepEqual([session.state.status, world.server.refreshes], ['signed-out', 1]);
});

test('a session that became bound meanwhile is not over', async () => {
  const world = new World();
  const sid = world.server.signIn();
  const { session, heard } = world.join({ visible: false });
  await world.pass(EXPIRY);
  world.server.fail('/auth/refresh', () => {
    world.server.bind(sid);
    return refusal(...REQUIRED);
  });
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.ok(!heard.some((event) => event.startsWith('signedout')));
});

test('a session that the app wants bound and that is not ends at its refresh', async () => {
  const world = new World();
  world.server.signIn();
  const { session, heard } = world.join({ visible: false });
  await world.pass(EXPIRY);
  world.server.fail('/auth/refresh', () => refusal(401, 'reauthentication_required'));
  await world.run(session.fetch('/api/me'));
  assert.equal(heard.at(-1), 'signedout reauthentication_required');
});

test('a session that has ended signs out though the browser has its key', async () => {
  const { world, session, sid, tab } = await bound();
  await world.pass(EXPIRY);
  world.server.end(sid);
  await world.run(session.fetch('/api/me'));
  assert.equal(tab.heard.at(-1), 'signedout revoked');
});
