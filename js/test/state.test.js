import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

test('the state of a signed-in browser is known at once, without a request', () => {
  const world = new World();
  const sid = world.server.signIn();
  const { session } = world.join();
  const { generation, ...rest } = session.state;
  assert.deepEqual(rest, { status: 'signed-in', sid, refreshIn: 240, bound: false, degraded: false });
  assert.ok(generation);
});

test('the state of a signed-out browser is known at once, too', () => {
  const { session } = new World().join();
  assert.deepEqual(session.state, { status: 'signed-out', sid: '', generation: '', refreshIn: 0, bound: false, degraded: false });
});

test('the state is the same frozen object until something changes', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  const before = session.state;
  assert.ok(Object.isFrozen(before));
  await world.run(session.fetch('/api/me'));
  assert.equal(session.state, before);
  await world.pass(210_000);
  assert.notEqual(session.state, before);
  assert.notEqual(session.state.generation, before.generation);
  assert.equal(session.state.sid, before.sid);
});

test('listeners find the state already changed, and change follows each event', async () => {
  const world = new World();
  const { session } = world.join();
  const seen = [];
  for (const type of ['change', 'signedin', 'signedout']) session.on(type, (event) => seen.push(`${event.type} ${session.state.status}`));
  await world.run(session.signIn(undefined, { email: 'ada', password: 'hunter2' }));
  await world.run(session.signOut());
  assert.deepEqual(seen, ['signedin signed-in', 'change signed-in', 'signedout signed-out', 'change signed-out']);
});

test('a listener removed hears nothing more', async () => {
  const world = new World();
  const { session } = world.join();
  const seen = [];
  const off = session.on('signedin', () => seen.push(1));
  off();
  await world.run(session.signIn(undefined, { email: 'ada', password: 'hunter2' }));
  assert.deepEqual(seen, []);
});

test('what a refresh brings is told when the lock is free again', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  const held = [];
  const look = ({ type }) => type !== 'change' && held.push([type, !![...world.locks.values()][0]?.held]);
  for (const type of ['refreshed', 'degraded', 'recovered']) session.on(type, look);
  world.server.fail('/auth/refresh', 503);
  await world.run(session.ready());
  assert.deepEqual(held, [['degraded', false], ['refreshed', false], ['recovered', false]]);
});

test('a listener may make requests: nothing hangs', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  const made = [];
  session.on('refreshed', () => made.push(session.fetch('/api/me')));
  session.on('degraded', () => made.push(session.fetch('/api/me')));
  world.server.fail('/auth/refresh', 503);
  await world.run(session.ready());
  const responses = await world.run(Promise.all(made));
  assert.deepEqual(responses.map(({ status }) => status), [200, 200]);
});

test('dispose removes every listener and timer', async () => {
  const world = new World();
  world.server.signIn();
  const tab = world.join({ without: ['cookieStore'] });
  assert.ok(tab.timers.size > 0 && tab.channels.size === 1);
  tab.session.dispose();
  assert.equal(tab.timers.size, 0);
  assert.equal(tab.channels.size, 0);
  await world.pass(240_000);
  tab.show();
  for (const type of ['online', 'focus', 'pageshow']) tab.emit(type);
  await world.pass(10_000);
  assert.equal(world.server.log.length, 0);
  assert.equal((await world.run(tab.session.fetch('/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 1);
  assert.deepEqual(tab.heard, []);
  assert.equal(tab.timers.size, 0);
});

test('a sign-out under way goes on after dispose', async () => {
  const world = new World();
  const sid = world.server.signIn();
  const { session } = world.join();
  const done = session.signOut();
  session.dispose();
  assert.equal(await world.run(done), true);
  assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
});
