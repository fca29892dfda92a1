import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { json, problem } from './fakes/server.js';

/** A hidden tab whose token has just lapsed. */
const lapsed = async (world) => {
  world.server.signIn();
  const tab = world.join({ visible: false });
  await world.pass(240_000);
  return tab;
};

for (const [what, fault] of [
  ['a 500', 500],
  ['a 502', 502],
  ['a 503', 503],
  ['a 429', 429],
  ['a firewall’s 403', 403],
  ['a firewall’s 401', 401],
  ['a 404', 404],
  ['a captive portal’s 200', 200],
  ['a 200 that is JSON of somebody else', () => new Response('{"ok":true}')],
  ['a 200 that is JSON null', () => new Response('null')],
  ['a 503 that looks like an answer', () => json({ sid: 'ada', refresh_in: 240 }, { status: 503 })],
  ['csrf_rejected', () => problem(403, 'csrf_rejected')],
  ['a 401 with a code that is not terminal', () => problem(401, 'access_token_expired')],
  ['a terminal code without the 401', () => problem(403, 'session_ended')],
  ['a network error', 'unreachable'],
  ['a lost answer', 'lost'],
]) {
  // requirement: CLI-05
  test(`${what} ends nothing and is tried again`, async () => {
    const world = new World();
    const { session, heard } = await lapsed(world);
    world.server.fail('/auth/refresh', fault);
    const response = await world.run(session.fetch('/api/me'));
    assert.equal(response.status, 200);
    assert.equal(world.server.refreshes, 2);
    assert.deepEqual(heard, ['degraded', 'refreshed', 'recovered']);
  });
}

// requirement: CLI-05
test('pauses double from at most 0.4 to at most 8 seconds', async () => {
  const world = new World();
  world.random = () => 0.999999;
  const { session } = await lapsed(world);
  world.server.fail('/auth/refresh', ...Array(100).fill('unreachable'));
  for (let i = 0; i < 4; i++) await world.run(session.ready().catch(() => {}));
  const at = world.server.to('/auth/refresh').map((request) => request.at);
  const pauses = at.slice(1).map((time, i) => Math.round((time - at[i] - world.latency) / 100) / 10);
  assert.deepEqual(pauses.slice(0, 6), [0.4, 0.8, 1.6, 3.2, 6.4, 8]);
  assert.ok(Math.max(...pauses) <= 8.1);
});

test('after a success pauses start small again', async () => {
  const world = new World();
  world.random = () => 0.999999;
  const { session } = await lapsed(world);
  world.server.fail('/auth/refresh', ...Array(4).fill(503));
  await world.run(session.ready());
  await world.pass(240_000);
  world.server.fail('/auth/refresh', 503);
  const { took } = await world.time(session.ready());
  assert.ok(took < 600, `took ${took} ms`);
});

// requirement: CLI-05
test('pauses are of any length below that, so that clients spread', async () => {
  const world = new World();
  world.random = () => 0.01;
  const { session } = await lapsed(world);
  world.server.fail('/auth/refresh', 503, 503, 503);
  const { took } = await world.time(session.ready());
  assert.ok(took < 4 * 2 * world.latency + 50, `took ${took} ms`);
});

// requirement: CLI-05, HTTP-07
test('Retry-After wins over the backoff', async () => {
  const world = new World();
  const { session } = await lapsed(world);
  world.server.fail('/auth/refresh', () => problem(429, 'rate_limited', { 'Retry-After': '7' }));
  const { took } = await world.time(session.ready());
  assert.ok(took >= 7_000 && took < 7_200, `took ${took} ms`);
});

test('a Retry-After that no timer takes is no fault of the caller’s', async () => {
  const world = new World();
  const { session } = await lapsed(world);
  world.server.fail('/auth/refresh', () => problem(503, 'store_unavailable', { 'Retry-After': '9'.repeat(30) }));
  await assert.rejects(world.run(session.ready()), { code: 'refresh_unavailable' });
  await world.pass(3_600_000);
  await world.run(session.ready());
});

test('three 503, a 429 with Retry-After, then fine: the request succeeds', async () => {
  const world = new World();
  const { session, heard } = await lapsed(world);
  world.server.fail('/auth/refresh', 503, 503, 503, () => problem(429, 'rate_limited', { 'Retry-After': '2' }));
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 5);
  assert.deepEqual(heard, ['degraded', 'refreshed', 'recovered']);
});

// requirement: CLI-05
test('after 15 seconds the caller gets a typed error, and the session is untouched', async () => {
  const world = new World();
  const { session, pawl, heard } = await lapsed(world);
  world.server.fail('/auth/refresh', ...Array(100).fill(503));
  const { error, took } = await world.time(session.fetch('/api/me'));
  assert.ok(error instanceof pawl.PawlError);
  assert.equal(error.code, 'refresh_unavailable');
  assert.equal(took, 15_000);
  assert.equal(session.state.status, 'signed-in');
  assert.equal(session.state.degraded, true);
  assert.deepEqual(heard, ['degraded']);
  world.server.faults.clear();
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
});

test('a call that is never answered is given up after ten seconds and repeated', async () => {
  const world = new World();
  const { session } = await lapsed(world);
  world.server.fail('/auth/refresh', () => Object.assign(new Response(), { delay: 1e9 }));
  const { value, took } = await world.time(session.fetch('/api/me'));
  assert.equal(value.status, 200);
  assert.ok(took >= 10_000 && took < 11_000, `took ${took} ms`);
});

test('a new request does not restart the backoff, nor press against Retry-After', async () => {
  const world = new World();
  const { session } = await lapsed(world);
  world.server.fail('/auth/refresh', () => problem(503, 'store_unavailable', { 'Retry-After': '40' }));
  for (let i = 0; i < 2; i++) {
    const { error, took } = await world.time(session.fetch('/api/me'));
    assert.equal(error.code, 'refresh_unavailable');
    assert.equal(took, 15_000);
  }
  assert.equal(world.server.refreshes, 1);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 2);
});

for (const [what, happens] of [
  ['the network is back', (tab) => tab.emit('online')],
  ['the tab is shown', (tab) => tab.show()],
]) {
  test(`a pause ends when ${what}`, async () => {
    const world = new World();
    world.random = () => 0.99;
    const tab = await lapsed(world);
    world.server.fail('/auth/refresh', ...Array(5).fill('unreachable'));
    const request = world.watch(tab.session.fetch('/api/me'));
    await world.pass(10_000);
    const before = world.server.refreshes;
    world.server.faults.clear();
    happens(tab);
    await world.pass(100);
    assert.equal(world.server.refreshes, before + 1);
    assert.equal((await world.run(request)).value.status, 200);
  });
}

test('a pause that the server asked for does not end when the tab is shown', async () => {
  const world = new World();
  const tab = await lapsed(world);
  world.server.fail('/auth/refresh', () => problem(429, 'rate_limited', { 'Retry-After': '5' }));
  const request = tab.session.fetch('/api/me');
  await world.pass(1_000);
  tab.show();
  tab.emit('online');
  await world.pass(1_000);
  assert.equal(world.server.refreshes, 1);
  assert.equal((await world.run(request)).status, 200);
});

test('a pause ends when another tab has a new token, and no request is spent', async () => {
  const world = new World();
  const tab = await lapsed(world);
  const other = world.join({ visible: false });
  world.server.fail('/auth/refresh', () => problem(429, 'rate_limited', { 'Retry-After': '14' }));
  const request = world.watch(tab.session.fetch('/api/me'));
  await world.pass(1_000);
  await world.run(other.session.ready());
  const { value, took } = await world.run(request);
  assert.equal(value.status, 200);
  assert.ok(took < 1_200, `took ${took} ms`);
  assert.equal(world.server.refreshes, 2);
  assert.deepEqual(tab.heard, ['degraded', 'refreshed', 'recovered']);
});

test('ten seconds offline during a refresh cost no request', async () => {
  const world = new World();
  const tab = await lapsed(world);
  world.online = false;
  const request = Promise.all(Array.from({ length: 50 }, () => tab.session.fetch('/api/me')));
  await world.pass(10_000);
  world.online = true;
  tab.emit('online');
  const responses = await world.run(request);
  assert.ok(responses.every(({ ok }) => ok));
  assert.equal(world.server.refreshes, 1);
});
