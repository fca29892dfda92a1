import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const ada = { email: 'ada', password: 'hunter2' };

test('signIn posts JSON below the base, returns the answer and publishes the session', async () => {
  const world = new World();
  const { session, heard } = world.join();
  const response = await world.run(session.signIn(undefined, ada));
  assert.equal(response.status, 200);
  assert.equal((await response.json()).sub, 'ada');
  const [{ path, method, body, headers }] = world.server.log;
  assert.deepEqual([path, method, JSON.parse(body), headers.get('Content-Type')], ['/auth/login', 'POST', ada, 'application/json']);
  assert.equal(session.state.status, 'signed-in');
  assert.deepEqual(heard, ['signedin']);
});

test('a refused sign-in is an answer like any other', async () => {
  const world = new World();
  const { session, heard } = world.join();
  const response = await world.run(session.signIn(undefined, { ...ada, password: 'guess' }));
  assert.equal(response.status, 401);
  assert.deepEqual(heard, []);
  assert.equal(world.server.log.length, 1);
});

test('signIn takes the application’s own endpoint, headers and options', async () => {
  const world = new World();
  const { session } = world.join();
  world.server.route('/login', () => new Response(null, { status: 204 }));
  await world.run(session.signIn('/login', ada, { headers: { 'X-Captcha': '1' } }));
  const [{ path, headers }] = world.server.log;
  assert.deepEqual([path, headers.get('X-Captcha'), headers.get('Content-Type')], ['/login', '1', 'application/json']);
});

test('a network error of a sign-in is passed on, and the sign-in is not repeated', async () => {
  const world = new World();
  const { session } = world.join();
  world.server.fail('/auth/login', 'unreachable');
  await assert.rejects(world.run(session.signIn(undefined, ada)), TypeError);
  await world.pass(60_000);
  assert.equal(world.server.to('/auth/login').length, 1);
});

test('signing in as another user tells of the switch, and names the session it replaces', async () => {
  const world = new World();
  const sid = world.server.signIn('ada');
  const { session, heard } = world.join();
  await world.run(session.signIn(undefined, { email: 'eve', password: 'hunter2' }));
  assert.deepEqual(heard, ['switched']);
  assert.equal(world.server.to('/auth/login')[0].headers.get('Pawl-Session'), sid);
});

// requirement: CLI-06, ATTACK-23
test('a refresh under way is given up, so that its answer cannot land on top of the sign-in', async () => {
  const world = new World();
  world.server.signIn('ada');
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  const waiting = session.ready().catch((error) => error.code);
  await world.pass(25);
  await world.run(session.signIn(undefined, { email: 'eve', password: 'hunter2' }));
  assert.equal(await world.run(waiting), 'session_switched');
  await world.pass(1_000);
  assert.ok(session.state.sid.startsWith('eve'));
  assert.ok(world.jar.get('app.example.com')['__Host-pawl-session'].startsWith('eve'));
});

test('a sign-in made without the helper is seen with the next answer', async () => {
  const world = new World();
  const { session } = world.join({ without: ['cookieStore', 'BroadcastChannel'] });
  const headers = { 'Content-Type': 'application/json' };
  await world.run(session.fetch('/auth/login', { method: 'POST', body: JSON.stringify(ada), headers }));
  assert.equal(session.state.status, 'signed-in');
});
