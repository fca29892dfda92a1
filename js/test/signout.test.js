import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const cookies = (world) => world.jar.get('app.example.com');

const open = (world, options) => {
  const sid = world.server.signIn();
  return Object.assign(world.join(options), { sid });
};

test('signOut ends the session on the server and takes all cookies away', async () => {
  const world = new World();
  const { session, heard, sid } = open(world);
  assert.equal(await world.run(session.signOut()), true);
  assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
  assert.deepEqual(cookies(world), {});
  assert.deepEqual(heard, ['signedout signed_out']);
  const [{ headers, body, keepalive }] = world.server.to('/auth/logout');
  assert.deepEqual([headers.get('Pawl-Session'), JSON.parse(body), keepalive], [sid, { scope: 'current' }, true]);
});

test('this browser is signed out at once, before the server has answered', () => {
  const world = new World();
  const { session } = open(world);
  session.signOut();
  assert.equal(session.state.status, 'signed-out');
});

test('signing out works with an expired access token, and without a refresh', async () => {
  const world = new World();
  const { session } = open(world, { visible: false });
  await world.pass(400_000);
  assert.equal(await world.run(session.signOut()), true);
  assert.equal(world.server.refreshes, 0);
});

test('scope everywhere ends the user’s other sessions, too', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.sessions.set('phone', { user: 'ada' });
  await world.run(session.signOut({ scope: 'everywhere' }));
  assert.equal(world.server.sessions.get('phone').ended, 'signed_out');
});

test('scope others ends those only', async () => {
  const world = new World();
  const { session, sid, heard } = open(world);
  world.server.sessions.set('phone', { user: 'ada' });
  assert.equal(await world.run(session.signOut({ scope: 'others' })), true);
  assert.equal(world.server.sessions.get('phone').ended, 'signed_out');
  assert.equal(world.server.sessions.get(sid).ended, undefined);
  assert.deepEqual(heard, []);
  world.online = false;
  assert.equal(await world.run(session.signOut({ scope: 'others' })), false);
  assert.equal(session.state.status, 'signed-in');
});

test('signing out twice does no harm', async () => {
  const world = new World();
  const { session } = open(world);
  await world.run(session.signOut());
  assert.equal(await world.run(session.signOut()), true);
});

// requirement: CLI-06
test('a refresh whose answer comes after an offline sign-out does not sign in again', async () => {
  const world = new World();
  const page = open(world, { visible: false });
  const other = world.join({ visible: false });
  await world.pass(240_000);
  world.latency = 500;
  other.session.ready().catch(() => {});
  await world.pass(700);
  world.server.fail('/auth/logout', ...Array(50).fill(503));
  // A page that is awake would abort it.
  other.freeze();
  page.session.signOut();
  await world.pass(10_000);
  assert.ok(cookies(world)['__Host-pawl-session']);
  other.thaw();
  await world.pass(1_000);
  assert.deepEqual([page.session.state.status, other.session.state.status], ['signed-out', 'signed-out']);
  const late = world.join();
  assert.equal(late.session.state.status, 'signed-out');
});

// requirement: CLI-06
test('a refresh under way in this tab is given up, so that its answer cannot put the cookies back', async () => {
  const world = new World();
  const { session, heard } = open(world, { visible: false, without: ['locks'] });
  await world.pass(240_000);
  world.server.fail('/auth/refresh', (request) => Object.assign(world.server.answer(request), { delay: 2_000 }));
  session.ready().catch(() => {});
  await world.pass(100);
  assert.equal(await world.run(session.signOut()), true);
  await world.pass(10_000);
  assert.deepEqual(cookies(world), {});
  assert.deepEqual(heard, ['signedout signed_out']);
});

test('requests waiting for a refresh end when this tab signs out', async () => {
  const world = new World();
  const { session } = open(world, { visible: false });
  await world.pass(240_000);
  world.server.fail('/auth/refresh', ...Array(100).fill(503));
  const waiting = world.watch(session.fetch('/api/me'));
  await world.pass(500);
  session.signOut();
  const { value, took } = await world.run(waiting);
  assert.equal(value.status, 401);
  assert.ok(took < 1_000, `took ${took} ms`);
});
