import assert from 'node:assert/strict';
import { test } from 'node:test';
import { challenge, json, refusal } from './fakes/server.js';
import { API, World } from './fakes/world.js';

const options = { transport: 'bearer', origins: [API] };
const bearer = () => new World({ bearer: true });

// requirement: CLI-04
test('the access token goes along in the Authorization header, to listed origins only', async () => {
  const world = bearer();
  world.server.signIn();
  const { session } = world.join({ options });
  const response = await world.run(session.fetch(`${API}/api/me`));
  assert.equal((await response.json()).user, 'ada');
  await world.run(session.fetch('https://evil.example/api/me'));
  const [ours, theirs] = world.server.to('/api/me');
  assert.match(ours.headers.get('Authorization'), /^Bearer ada/);
  assert.equal(ours.headers.get('Pawl-Session'), null);
  assert.equal(ours.credentials, 'same-origin');
  assert.equal(theirs.headers.get('Authorization'), null);
});

test('an Authorization header of the caller’s own stands', async () => {
  const world = bearer();
  world.server.signIn();
  const { session } = world.join({ options });
  world.server.route('/own', () => json({}));
  await world.run(session.fetch(`${API}/own`, { headers: { Authorization: 'Basic abc' } }));
  assert.equal(world.server.to('/own')[0].headers.get('Authorization'), 'Basic abc');
});

for (const [code, reason] of [['session_ended', 'revoked'], ['access_token_expired']])
  // requirement: CLI-05
  test(`what a server says of the caller’s own token is not said of the session: ${code}`, async () => {
    const world = bearer();
    world.server.signIn();
    const { session } = world.join({ options });
    await world.run(session.ready());
    world.server.route('/own', () => refusal(401, code, { reason, ...challenge }));
    const response = await world.run(session.fetch(`${API}/own`, { headers: { Authorization: 'Bearer another' } }));
    assert.equal((await response.json()).code, code);
    assert.equal(session.state.status, 'signed-in');
    assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
    assert.equal(world.server.refreshes, 1);
  });

test('a page that loads has no token yet: its first requests wait for one refresh, and none meets a 401', async () => {
  const world = bearer();
  world.server.signIn();
  const { session } = world.join({ options });
  const responses = await world.run(Promise.all(Array.from({ length: 20 }, () => session.fetch(`${API}/api/me`))));
  assert.ok(responses.every(({ ok }) => ok));
  assert.equal(world.server.refreshes, 1);
  assert.equal(world.server.to('/api/me').length, 20);
});

test('the answer to a sign-in brings the token', async () => {
  const world = bearer();
  const { session } = world.join({ options });
  await world.run(session.signIn(undefined, { email: 'ada', password: 'hunter2' }));
  assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
  assert.equal(world.server.refreshes, 0);
  assert.equal(session.state.refreshIn, 240);
});

test('a refused sign-in leaves the token in place', async () => {
  const world = bearer();
  world.server.signIn();
  const { session } = world.join({ options });
  await world.run(session.ready());
  await world.run(session.signIn(undefined, { email: 'ada', password: 'guess' }));
  assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
  assert.equal(world.server.refreshes, 1);
});

test('a sign-in that brings none is followed by a refresh', async () => {
  const world = bearer();
  const { session } = world.join({ options });
  world.server.route('/login', () => {
    world.server.signIn();
    return new Response(null, { status: 204 });
  });
  await world.run(session.signIn('/login'));
  assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
  assert.equal(world.server.refreshes, 1);
});

test('each tab has a token of its own, and one tab’s refresh does not spoil another’s', async () => {
  const world = bearer();
  world.server.signIn();
  const tabs = [world.join({ options }), world.join({ options })];
  for (let second = 0; second < 900; second += 10) {
    for (const { session } of tabs) assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
    await world.pass(10_000);
  }
  assert.equal(world.server.to('/api/me').length, 180);
  assert.ok(world.server.refreshes <= 2 * 6, `${world.server.refreshes} refreshes`);
});

// requirement: CLI-06, ATTACK-23
test('the token of an ended session is not used for the next', async () => {
  const world = bearer();
  world.server.signIn('ada');
  const tab = world.join({ options });
  await world.run(tab.session.ready());
  world.server.signIn('eve');
  await world.pass(100);
  const response = await world.run(tab.session.fetch(`${API}/api/me`));
  assert.equal((await response.json()).user, 'eve');
});

// requirement: CLI-06
test('the token is gone with the session', async () => {
  const world = bearer();
  world.server.signIn();
  const { session } = world.join({ options });
  await world.run(session.ready());
  await world.run(session.signOut());
  await world.run(session.fetch(`${API}/api/me`));
  assert.equal(world.server.to('/api/me')[0].headers.get('Authorization'), null);
  assert.equal(await world.run(session.token()), '');
});

test('token() is a fresh token, for connections that take one', async () => {
  const world = bearer();
  world.server.signIn();
  const { session } = world.join({ options, visible: false });
  const { token } = session;
  const first = await world.run(token());
  assert.match(first, /^ada/);
  assert.equal(await world.run(token()), first);
  await world.pass(240_000);
  assert.notEqual(await world.run(token()), first);
});

test('token() is empty where cookies carry the session', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  assert.equal(await world.run(session.token()), '');
});

// requirement: CLI-08
test('a device that slept is seen by the cookie, though its monotonic clock stood still', async () => {
  const world = bearer();
  world.server.signIn();
  const { session } = world.join({ options, visible: false });
  await world.run(session.ready());
  world.jar.set('app.example.com', '__Host-pawl-fresh=; Secure; Path=/; Max-Age=0');
  await world.run(session.fetch(`${API}/api/me`));
  assert.equal(world.server.refreshes, 2);
});
