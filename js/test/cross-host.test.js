// The session's endpoints on another host of the same site: this page cannot read its cookies.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { API, World } from './fakes/world.js';

const base = `${API}/auth`;
const host = 'api.example.com';
const ada = { email: 'ada', password: 'hunter2' };

for (const [transport, bearer] of [
  ['cookie', false],
  ['bearer', true],
]) {
  const page = (tab) => ({ base, options: { transport }, ...tab });

  test(`${transport}: a page that loads learns from one refresh who is signed in`, async () => {
    const world = new World({ bearer });
    const sid = world.server.signIn('ada', host);
    const { session, heard } = world.join(page());
    assert.equal(session.state.status, 'signed-out');
    assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
    assert.equal(session.state.sid, sid);
    assert.deepEqual(heard, ['signedin']);
    assert.equal(world.server.refreshes, 1);
  });

  test(`${transport}: or that nobody is`, async () => {
    const world = new World({ bearer });
    const { session, heard } = world.join(page());
    assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 401);
    await world.run(session.fetch(`${API}/api/me`));
    assert.equal(world.server.refreshes, 1);
    assert.deepEqual(heard, []);
  });

  // requirement: CLI-08
  test(`${transport}: freshness is told by the answer’s seconds on the monotonic clock`, async () => {
    const world = new World({ bearer });
    const { session } = world.join(page({ visible: false }));
    await world.run(session.signIn(undefined, ada));
    for (let second = 0; second < 900; second += 10) {
      assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
      await world.pass(10_000);
    }
    assert.equal(world.server.to('/api/me').length, 90);
    assert.equal(world.server.refreshes, 3);
  });

  test(`${transport}: signing out works offline`, async () => {
    const world = new World({ bearer });
    const { session } = world.join(page());
    await world.run(session.signIn(undefined, ada));
    const { sid } = session.state;
    world.online = false;
    assert.equal(await world.run(session.signOut()), false);
    assert.equal(session.state.status, 'signed-out');
    world.online = true;
    await world.pass(10_000);
    assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
    assert.deepEqual(world.jar.get(host), {});
    assert.equal(world.server.refreshes, 0);
  });

  test(`${transport}: a sign-in whose answer says nothing is followed by a refresh`, async () => {
    const world = new World({ bearer });
    const { session, heard } = world.join(page());
    await world.run(session.fetch(`${API}/api/me`));
    world.server.route('/login', () => {
      world.server.signIn('ada', host);
      return new Response(null, { status: 204 });
    });
    await world.run(session.signIn('/login', ada));
    assert.equal((await world.run(session.fetch(`${API}/api/me`))).status, 200);
    assert.equal(session.state.status, 'signed-in');
    assert.deepEqual(heard, ['signedin']);
  });

  test(`${transport}: an ended session signs out`, async () => {
    const world = new World({ bearer });
    const { session, heard } = world.join(page({ visible: false }));
    await world.run(session.signIn(undefined, ada));
    world.server.end(session.state.sid, 'idle');
    await world.pass(240_000);
    await assert.rejects(world.run(session.ready()), { code: 'signed_out' });
    assert.deepEqual(heard, ['signedin', 'signedout idle']);
  });
}

// requirement: CLI-04
test('cookie: credentials go to the host of the base, and nowhere else', async () => {
  const world = new World();
  world.server.signIn('ada', host);
  const { session } = world.join({ base });
  await world.run(session.fetch(`${API}/api/me`));
  await world.run(session.fetch('/api/me'));
  const [there, here] = world.server.to('/api/me');
  assert.equal(there.credentials, 'include');
  assert.equal(here.headers.get('Pawl-Session'), null);
});

test('another port of the same host shares its cookies, and those can be read', async () => {
  const world = new World();
  const sid = world.server.signIn('ada', 'localhost');
  const { session } = world.join({ base: 'http://localhost:5000/auth', url: 'http://localhost:5173/' });
  assert.equal(session.state.sid, sid);
  assert.equal((await world.run(session.fetch('http://localhost:5000/api/me'))).status, 200);
  assert.equal(world.server.refreshes, 0);
});
