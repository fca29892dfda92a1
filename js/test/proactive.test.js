import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

/** When, in seconds, a visible tab refreshes by itself. */
const refreshesAt = async (random) => {
  const world = new World();
  world.random = () => random;
  world.server.signIn();
  world.join();
  await world.pass(240_000);
  return world.server.to('/auth/refresh').map(({ at }) => Math.round(at / 1000));
};

// requirement: CLI-11
test('a visible tab refreshes once 80 to 90 % of the token’s fresh life have passed', async () => {
  assert.deepEqual(await refreshesAt(0), [192]);
  assert.deepEqual(await refreshesAt(0.5), [204]);
  assert.deepEqual(await refreshesAt(0.9999), [216]);
});

// requirement: CLI-11
test('a hidden tab never refreshes by timer', async () => {
  const world = new World();
  world.server.signIn();
  world.join({ visible: false });
  await world.pass(3_600_000);
  assert.equal(world.server.refreshes, 0);
});

// requirement: CLI-11, SES-10
test('a tab that nobody used for a whole life lets the token lapse, and refreshes with the next request', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  await world.pass(3_600_000);
  assert.equal(world.server.refreshes, 1);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 2);
});

test('a tab in use refreshes once a life, and no request waits or meets a 401', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  for (let second = 0; second < 3_600; second += 10) {
    const { value, took } = await world.time(session.fetch('/api/me'));
    assert.equal(value.status, 200);
    assert.equal(took, 2 * world.latency);
    await world.pass(10_000);
  }
  assert.ok(world.server.refreshes <= 18, `${world.server.refreshes} refreshes`);
  assert.equal(world.server.to('/api/me').length, 360);
});

test('five visible tabs refresh once a life between them', async () => {
  const world = new World();
  world.server.signIn();
  for (let i = 0; i < 5; i++) {
    world.random = () => i / 5;
    world.join();
  }
  await world.pass(239_000);
  assert.equal(world.server.refreshes, 1);
});

test('requests do not wait for a refresh ahead of need', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  world.server.fail('/auth/refresh', () => Object.assign(new Response(), { delay: 1e9 }));
  await world.pass(205_000);
  const { took } = await world.time(session.fetch('/api/me'));
  assert.equal(took, 2 * world.latency);
});

test('a tab that is shown after the token lapsed refreshes at once', async () => {
  const world = new World();
  world.server.signIn();
  const tab = world.join({ visible: false });
  await world.pass(3_600_000);
  tab.show();
  await world.pass(100);
  assert.equal(world.server.refreshes, 1);
});

test('a page that loads after the token lapsed refreshes at once, if it is seen', async () => {
  const world = new World();
  world.server.signIn();
  await world.pass(3_600_000);
  world.join({ visible: false });
  await world.pass(100);
  assert.equal(world.server.refreshes, 0);
  world.join();
  await world.pass(100);
  assert.equal(world.server.refreshes, 1);
});

test('a page that loads while the token is fresh costs nothing', async () => {
  const world = new World();
  world.server.signIn();
  for (let i = 0; i < 10; i++) {
    const page = world.join();
    await world.pass(500);
    page.close();
  }
  assert.equal(world.server.log.length, 0);
});

test('ten reloads in five seconds at expiry end nothing', async () => {
  const world = new World();
  world.server.signIn();
  await world.pass(240_000);
  for (let i = 0; i < 10; i++) {
    const page = world.join();
    page.session.fetch('/api/me').catch(() => {});
    await world.pass(i % 2 ? 10 : 30);
    page.close();
  }
  const { session } = world.join();
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.equal(session.state.status, 'signed-in');
});

// requirement: CLI-05
test('the refresh ahead of need that fails ends nothing, and the token in hand is used up', async () => {
  const world = new World();
  world.server.signIn();
  const { session, heard } = world.join();
  world.server.fail('/auth/refresh', ...Array(100).fill(503));
  await world.pass(230_000);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.deepEqual(heard, ['degraded']);
});
