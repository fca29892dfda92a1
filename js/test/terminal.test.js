import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { challenge, problem } from './fakes/server.js';

const lapsed = async (world, options = { visible: false }) => {
  const sid = world.server.signIn();
  const tab = world.join(options);
  await world.pass(240_000);
  return { ...tab, sid, tab };
};

for (const reason of ['revoked', 'token_reused', 'idle', 'absolute', 'user_disabled', 'credentials_changed'])
  // requirement: CLI-05
  test(`a refresh refused with session_ended (${reason}) signs out, and says why`, async () => {
    const world = new World();
    const { session, heard, sid } = await lapsed(world);
    world.server.end(sid, reason);
    const response = await world.run(session.fetch('/api/me'));
    assert.equal(response.status, 401);
    assert.equal(session.state.status, 'signed-out');
    assert.deepEqual(heard, [`signedout ${reason}`]);
    assert.equal(world.server.refreshes, 1);
  });

// requirement: CLI-05
test('a refresh refused with refresh_token_invalid signs out', async () => {
  const world = new World();
  const { session, heard } = await lapsed(world);
  world.server.sessions.clear();
  await world.run(session.fetch('/api/me'));
  assert.deepEqual(heard, ['signedout refresh_token_invalid']);
});

test('a request whose 401 starts a refresh that ends the session gets that 401', async () => {
  const world = new World();
  const sid = world.server.signIn();
  const { session, heard } = world.join();
  world.server.forgetKeys();
  world.server.fail('/auth/refresh', (request) => {
    world.server.end(sid, 'idle');
    return world.server.answer(request);
  });
  const response = await world.run(session.fetch('/api/me'));
  assert.equal((await response.json()).code, 'access_token_invalid');
  assert.deepEqual(heard, ['signedout idle']);
  assert.deepEqual([world.server.refreshes, world.server.to('/api/me').length], [1, 1]);
});

test('a session that an API says has ended is signed out without a refresh', async () => {
  const world = new World();
  const sid = world.server.signIn();
  const { session, heard } = world.join();
  world.server.end(sid, 'revoked');
  const response = await world.run(session.fetch('/api/me'));
  assert.equal((await response.json()).code, 'session_ended');
  assert.deepEqual(heard, ['signedout revoked']);
  assert.equal(world.server.refreshes, 0);
});

// requirement: CLI-07
test('what scripts can see of an ended session is deleted, and all tabs hear of it', async () => {
  const world = new World();
  const { session, sid } = await lapsed(world);
  const other = world.join({ visible: false });
  world.server.end(sid);
  await world.run(session.fetch('/api/me'));
  await world.pass(100);
  assert.equal(world.jar.get('app.example.com')['__Host-pawl-session'], undefined);
  assert.deepEqual(other.heard, ['signedout revoked']);
});

test('a refused refresh leaves alone what a newer sign-in has just set', async () => {
  const world = new World();
  const { session, sid, heard } = await lapsed(world, { visible: false, without: ['cookieStore', 'BroadcastChannel'] });
  world.server.end(sid);
  session.ready().catch(() => {});
  await world.pass(30);
  const newer = world.server.signIn('eve');
  await world.pass(1_000);
  assert.ok(world.jar.get('app.example.com')['__Host-pawl-session'].startsWith(newer));
  assert.equal(session.state.sid, newer);
  assert.deepEqual(heard, ['switched revoked']);
});

test('a signed-out session is not refreshed, and its requests do not wait', async () => {
  const world = new World();
  const { session } = world.join();
  const response = await world.run(session.fetch('/api/me'));
  assert.equal(response.status, 401);
  assert.equal(world.server.refreshes, 0);
  assert.equal(world.server.to('/api/me')[0].headers.get('Pawl-Session'), 'none');
});

test('ready() rejects where there is no session to be ready for', async () => {
  const world = new World();
  const { session } = world.join();
  await assert.rejects(world.run(session.ready()), { name: 'PawlError', code: 'signed_out' });
});

test('ready() rejects when the session ends while it waits', async () => {
  const world = new World();
  const { session, sid } = await lapsed(world);
  world.server.end(sid);
  await assert.rejects(world.run(session.ready()), { code: 'signed_out' });
});

// requirement: CLI-06
test('a refresh answered after another tab signed out is not believed', async () => {
  const world = new World();
  const { session, heard, sid } = await lapsed(world);
  world.server.fail('/auth/refresh', () => {
    const late = new Response(JSON.stringify({ sid, refresh_in: 240 }));
    const lines = [
      `__Host-pawl-session=${sid}.late.240; Secure; Path=/; Max-Age=1209600`,
      `__Host-pawl-fresh=late; Secure; Path=/; Max-Age=240`,
    ];
    return Object.assign(late, { delay: 2_000, cookies: lines });
  });
  const waiting = session.ready();
  await world.pass(500);
  world.server.signOut();
  await assert.rejects(world.run(waiting), { code: 'signed_out' });
  await world.pass(1_000);
  assert.equal(session.state.status, 'signed-out');
  assert.deepEqual(heard, ['signedout refresh_token_invalid']);
});

// requirement: CLI-05
test('an unmarked session_ended of an application ends nothing', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  world.server.route('/api/own', () => problem(401, 'session_ended'));
  assert.equal((await world.run(session.fetch('/api/own'))).status, 401);
  world.server.route('/api/own', () => problem(403, 'session_ended', challenge));
  assert.equal((await world.run(session.fetch('/api/own'))).status, 403);
  assert.equal(session.state.status, 'signed-in');
});
