import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { refusal } from './fakes/server.js';

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

for (const scope of ['all', '', null, ['everywhere']])
  test(`the scope ${JSON.stringify(scope)} is refused before anything happens`, async () => {
    const world = new World();
    const { session, heard } = open(world);
    const before = cookies(world);
    await assert.rejects(world.run(session.signOut({ scope })), { name: 'TypeError', message: /current, others or everywhere/ });
    await world.pass(60_000);
    assert.deepEqual([session.state.status, heard, cookies(world)], ['signed-in', [], before]);
    assert.equal(world.server.to('/auth/logout').length, 0);
  });

const scopes = (world) => world.server.to('/auth/logout').map(({ body }) => JSON.parse(body).scope);

test('a scope that the server refuses degrades to current, once', async () => {
  const world = new World();
  const { session, sid } = open(world);
  world.server.fail('/auth/logout', () => refusal(403, 'csrf_rejected'));
  assert.equal(await world.run(session.signOut({ scope: 'everywhere' })), false);
  await world.pass(60_000);
  assert.deepEqual(scopes(world), ['everywhere', 'current']);
  assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
  assert.deepEqual(cookies(world), {});
});

test('a scope left behind by another version of the client degrades to current', async () => {
  const world = new World();
  const sid = world.server.signIn();
  world.jar.set('app.example.com', `__Host-pawl-signout=${sid}.all; Path=/; Secure`);
  world.join();
  await world.pass(60_000);
  assert.deepEqual(scopes(world), ['all', 'current']);
  assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
});

for (const [status, code] of [[400, 'ambiguous_credentials'], [403, 'csrf_rejected'], [404, 'not_found'], [405, 'method_not_allowed'], [413, 'content_too_large'], [415, 'unsupported_media_type']])
  test(`a sign-out that the server refuses for good (${status}) is not asked for again, and this browser stays signed out`, async () => {
    const world = new World();
    const page = open(world);
    world.server.fail('/auth/logout', ...Array(50).fill(() => refusal(status, code)));
    assert.equal(await world.run(page.session.signOut({ scope: 'everywhere' })), false);
    for (let i = 0; i < 5; i++) {
      page.emit('focus');
      await world.pass(60_000);
    }
    const next = world.join();
    await world.pass(60_000);
    assert.deepEqual(scopes(world), ['everywhere', 'current']);
    assert.deepEqual([page.session.state.status, next.session.state.status], ['signed-out', 'signed-out']);
    assert.equal(world.server.refreshes, 0);
    assert.equal((await world.run(next.session.signIn(undefined, { email: 'eve', password: 'hunter2' }))).status, 200);
    assert.equal(await world.run(next.session.signOut()), false);
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
  world.server.fail('/auth/logout', () => refusal(429, 'rate_limited', { 'Retry-After': '30' }), () => refusal(503, 'store_unavailable', { 'Retry-After': '1' }));
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

for (const scope of ['others', 'everywhere'])
  test(`scope ${scope} in a session that has ended already is not confirmed, and ends`, async () => {
    const world = new World();
    const { session } = open(world);
    world.server.fail('/auth/logout', () => refusal(401, 'session_ended', { reason: 'idle' }));
    assert.equal(await world.run(session.signOut({ scope })), false);
    await world.pass(60_000);
    assert.equal(scopes(world).length, 1);
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
