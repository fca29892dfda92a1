// Browsers lose cookies, and some block them. One that is gone is no sign-out before the server has said so.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const SESSION = '__Host-pawl-session';
const FRESH = '__Host-pawl-fresh';

const lose = (world, name) => world.jar.set('app.example.com', `${name}=; Path=/; Secure; Max-Age=0`);

const open = (world, options) => {
  const sid = world.server.signIn();
  return Object.assign(world.join(options), { sid });
};

/** A browser that takes every cookie but this one. */
const block = (world, name) => {
  lose(world, name);
  const set = world.jar.set.bind(world.jar);
  world.jar.set = (host, line, options) => line.startsWith(`${name}=`) || set(host, line, options);
};

for (const options of [{}, { visible: false }, { without: ['cookieStore'] }])
  test(`a lost session cookie costs one refresh, and nobody is signed out (${JSON.stringify(options)})`, async () => {
    const world = new World();
    const { session, heard, sid } = open(world, options);
    await world.pass(200);
    lose(world, SESSION);
    for (let i = 0; i < 5; i++) assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
    assert.deepEqual([session.state.status, session.state.sid, world.server.refreshes], ['signed-in', sid, 1]);
    assert.ok(!heard.includes('signedout'));
    assert.ok(world.jar.get('app.example.com')[SESSION].startsWith(sid));
  });

test('a page that loads with the timer but without the session asks the server once', async () => {
  const world = new World();
  const sid = world.server.signIn();
  lose(world, SESSION);
  const { session } = world.join();
  await world.pass(1_000);
  assert.deepEqual([session.state.sid, world.server.refreshes], [sid, 1]);
});

test('a page that loads with the timer alone is signed out after one refusal', async () => {
  const world = new World();
  world.server.signIn();
  world.server.signOut();
  world.jar.set('app.example.com', `${FRESH}=g1; Path=/; Secure; Max-Age=240`);
  const { session } = world.join();
  await world.pass(60_000);
  for (let i = 0; i < 5; i++) await world.run(session.fetch('/api/me'));
  assert.deepEqual([session.state.status, world.server.refreshes], ['signed-out', 1]);
});

test('an anonymous visitor’s pages never ask', async () => {
  const world = new World();
  for (let i = 0; i < 5; i++) {
    const { session } = world.join();
    await world.run(session.fetch('/api/me'));
    await world.pass(60_000);
  }
  assert.equal(world.server.refreshes, 0);
});

test('what loses the session cookie again and again costs one refresh for each page', async () => {
  const world = new World();
  const { session } = open(world, { visible: false });
  for (let i = 0; i < 20; i++) {
    lose(world, SESSION);
    await world.pass(1_000);
    await world.run(session.fetch('/api/me'));
  }
  assert.equal(world.server.refreshes, 1);
  assert.equal(session.state.status, 'signed-out');
});

test('a browser that blocks the session cookie from now on is not asked for each request', async () => {
  const world = new World();
  const { session } = open(world, { visible: false });
  block(world, SESSION);
  await world.pass(1_000);
  for (let i = 0; i < 20; i++) await world.run(session.fetch('/api/me'));
  assert.ok(world.server.refreshes <= 2, `${world.server.refreshes} refreshes`);
});

for (const options of [{}, { visible: false }])
  test(`a page with the timer alone, in a browser that blocks the session cookie, asks once (${JSON.stringify(options)})`, async () => {
    const world = new World();
    const sid = world.server.signIn();
    block(world, SESSION);
    const { session, heard } = world.join(options);
    await world.pass(1_000);
    for (let i = 0; i < 20; i++) assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
    assert.deepEqual([session.state.status, session.state.sid, world.server.refreshes], ['signed-in', sid, 1]);
    assert.deepEqual(heard, ['signedin']);
    await world.pass(240_000);
    for (let i = 0; i < 20; i++) assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
    assert.equal(world.server.refreshes, 2);
  });

test('a sign-in works in a browser that blocks the session cookie', async () => {
  const world = new World();
  block(world, SESSION);
  const { session, heard } = world.join({ visible: false });
  assert.equal((await world.run(session.signIn(undefined, { email: 'ada', password: 'hunter2' }))).status, 200);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  for (let i = 0; i < 5; i++) await world.run(session.fetch('/api/me'));
  assert.deepEqual([session.state.status, world.server.refreshes], ['signed-in', 1]);
  await world.run(session.signOut());
  assert.equal(session.state.status, 'signed-out');
  assert.deepEqual(heard, ['signedin', 'refreshed', 'signedout signed_out']);
});

for (const options of [{}, { visible: false }])
  test(`readable cookies that a sign-in sets and a browser drops are brought back for all tabs (${JSON.stringify(options)})`, async () => {
    const world = new World();
    world.server.signIn('ada');
    const [one, two] = [world.join(options), world.join(options)];
    await world.pass(1_000);
    // Another tab learns that the session before has ended, and deletes what it takes for the cookies of that one.
    world.server.fail('/auth/login', (request) => {
      const response = world.server.answer(request);
      response.cookies.push(...[SESSION, FRESH].map((name) => `${name}=; Path=/; Secure; Max-Age=0`));
      return response;
    });
    await world.run(one.session.signIn(undefined, { email: 'eve', password: 'hunter2' }));
    await world.pass(1_000);
    for (const { session } of [one, two]) assert.equal((await (await world.run(session.fetch('/api/me'))).json()).user, 'eve');
    assert.equal(world.server.refreshes, 1);
  });

test('what stands in for a blocked session cookie ends with its session', async () => {
  const world = new World();
  const sid = world.server.signIn();
  block(world, SESSION);
  const { session, heard } = world.join({ visible: false });
  await world.run(session.fetch('/api/me'));
  world.server.end(sid);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 401);
  for (let i = 0; i < 5; i++) await world.run(session.fetch('/api/me'));
  assert.deepEqual([session.state.status, world.server.refreshes], ['signed-out', 1]);
  assert.deepEqual(heard, ['signedin', 'signedout revoked']);
});

test('a sign-out in another tab reaches a page whose browser blocks the session cookie', async () => {
  const world = new World();
  world.server.signIn();
  block(world, SESSION);
  const [one, two] = [world.join(), world.join()];
  await world.pass(1_000);
  assert.deepEqual([one.session.state.status, two.session.state.status], ['signed-in', 'signed-in']);
  world.server.fail('/auth/logout', 503);
  await world.run(one.session.signOut());
  assert.equal(two.session.state.status, 'signed-out');
});

for (const bearer of [false, true])
  test(`a browser that blocks the timer cookie refreshes by the seconds of the answer (${bearer ? 'bearer' : 'cookies'})`, async () => {
    const world = new World({ bearer });
    const { session } = open(world, { visible: false, options: bearer ? { transport: 'bearer' } : {} });
    block(world, FRESH);
    for (let i = 0; i < 20; i++) {
      assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
      await world.pass(1_000);
    }
    assert.equal(world.server.refreshes, 1);
    await world.pass(240_000);
    assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
    assert.equal(world.server.refreshes, 2);
    assert.equal(world.server.to('/api/me').length, 21);
  });

test('a lost session cookie is asked about until the server can be reached', async () => {
  const world = new World();
  const { session, heard, sid } = open(world, { visible: false });
  world.online = false;
  lose(world, SESSION);
  await world.pass(30_000);
  assert.equal(session.state.sid, sid);
  world.online = true;
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  assert.deepEqual(heard, ['degraded', 'refreshed', 'recovered']);
});

test('an ended session leaves no timer behind', async () => {
  const world = new World();
  const { session, sid } = open(world);
  world.server.end(sid);
  await world.run(session.fetch('/api/me'));
  const { [FRESH]: timer } = world.jar.get('app.example.com');
  assert.equal(timer, undefined);
});
