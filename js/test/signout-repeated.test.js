import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { refusal } from './fakes/server.js';

const cookies = (world) => world.jar.get('app.example.com');

const scopes = (world) => world.server.to('/auth/logout').map(({ body }) => JSON.parse(body).scope);

const open = (world, options) => {
  const sid = world.server.signIn();
  return Object.assign(world.join(options), { sid });
};

// requirement: CLI-07
test('offline, this browser is signed out at once in all tabs, and the server is told when the network is back', async () => {
  const world = new World();
  const page = open(world);
  const other = world.join();
  world.online = false;
  assert.equal(await world.run(page.session.signOut()), false);
  await world.pass(100);
  assert.deepEqual([page.session.state.status, other.session.state.status], ['signed-out', 'signed-out']);
  assert.equal(world.server.sessions.get(page.sid).ended, undefined);
  world.online = true;
  page.emit('online');
  other.emit('online');
  await world.pass(1_000);
  assert.equal(world.server.sessions.get(page.sid).ended, 'signed_out');
  assert.deepEqual(cookies(world), {});
});

// requirement: CLI-07
test('what a sign-out leaves behind until then is no secret, and no refresh comes in between', async () => {
  const world = new World();
  const page = open(world, { visible: false });
  const other = world.join();
  await world.pass(240_000);
  world.online = false;
  await world.run(page.session.signOut({ scope: 'everywhere' }));
  assert.equal(cookies(world)['__Host-pawl-signout'], `${page.sid}.everywhere`);
  world.online = true;
  world.server.fail('/auth/logout', ...Array(3).fill(503));
  const refreshes = world.server.refreshes;
  other.emit('focus');
  await world.run(other.session.fetch('/api/me'));
  await world.pass(20_000);
  assert.equal(world.server.refreshes, refreshes);
  await world.pass(20_000);
  assert.equal(world.server.sessions.get(page.sid).ended, 'signed_out');
});

test('a sign-out that the server did not hear of is finished by the next page', async () => {
  const world = new World();
  const page = open(world);
  world.online = false;
  await world.run(page.session.signOut());
  page.close();
  world.online = true;
  const next = world.join();
  assert.equal(next.session.state.status, 'signed-out');
  await world.pass(1_000);
  assert.equal(world.server.sessions.get(page.sid).ended, 'signed_out');
});

test('a sign-out that the server cannot take yet is repeated', async () => {
  const world = new World();
  const { session, sid } = open(world, { visible: false });
  world.server.fail('/auth/logout', 503, 429, 'lost');
  assert.equal(await world.run(session.signOut()), false);
  await world.pass(30_000);
  assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
  assert.deepEqual(cookies(world), {});
});

for (const status of [401, 403, 404, 405, 409])
  test(`a ${status} that is not our server’s is no verdict: it is asked again by the next page, and not by the clock`, async () => {
    const world = new World();
    const page = open(world);
    world.server.fail('/auth/logout', status);
    assert.equal(await world.run(page.session.signOut()), false);
    await world.pass(300_000);
    assert.equal(scopes(world).length, 1);
    page.close();
    world.join();
    await world.pass(1_000);
    assert.equal(world.server.sessions.get(page.sid).ended, 'signed_out');
    assert.deepEqual(cookies(world), {});
  });

test('a sign-out is repeated after Retry-After, and not when the page wakes before', async () => {
  const world = new World();
  const page = open(world);
  world.server.fail(
    '/auth/logout',
    () => refusal(429, 'rate_limited', { 'Retry-After': '30' }),
    () => refusal(503, 'store_unavailable', { 'Retry-After': '1' }),
  );
  assert.equal(await world.run(page.session.signOut()), false);
  await world.pass(5_000);
  page.emit('focus');
  await world.pass(24_000);
  assert.equal(scopes(world).length, 1);
  await world.pass(2_000);
  assert.equal(scopes(world).length, 2);
  await world.pass(10_000);
  assert.equal(world.server.sessions.get(page.sid).ended, 'signed_out');
});

test('five tabs tell the server once', async () => {
  const world = new World();
  const page = open(world, { visible: false });
  const others = Array.from({ length: 4 }, () => world.join({ visible: false }));
  world.online = false;
  await world.run(page.session.signOut());
  world.online = true;
  const before = world.server.to('/auth/logout').length;
  for (const tab of others) tab.emit('online');
  await world.pass(1_000);
  assert.equal(world.server.to('/auth/logout').length, before + 1);
});

test('a sign-out still owed does not touch the session of who signed in meanwhile', async () => {
  const world = new World();
  const { session } = open(world);
  world.online = false;
  await world.run(session.signOut());
  world.online = true;
  await world.run(session.signIn(undefined, { email: 'eve', password: 'hunter2' }));
  await world.pass(60_000);
  assert.ok(session.state.sid.startsWith('eve'));
  assert.equal(cookies(world)['__Host-pawl-signout'], undefined);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
});

test('one sign-out confirmed does not make another forgotten', async () => {
  const world = new World();
  const { session } = open(world, { visible: false, without: ['locks'] });
  world.server.fail('/auth/logout', () => Object.assign(new Response(null, { status: 204 }), { delay: 2_000 }), 'unreachable');
  session.signOut();
  await world.pass(100);
  const eve = world.server.signIn('eve');
  await world.pass(100);
  assert.equal(await world.run(session.signOut()), false);
  await world.pass(15_000);
  assert.equal(world.server.sessions.get(eve).ended, 'signed_out');
});
