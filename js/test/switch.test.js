import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, problem } from './fakes/server.js';
import { World } from './fakes/world.js';

const deaf = { without: ['cookieStore', 'BroadcastChannel'] };

// requirement: CLI-06, XS-03, ATTACK-23
test('requests queued for a refresh do not run as the user who signed in meanwhile', async () => {
  const world = new World();
  world.server.signIn('ada');
  const { session, pawl, heard } = world.join({ visible: false });
  await world.pass(240_000);
  world.server.fail('/auth/refresh', 503);
  const queued = Promise.allSettled(Array.from({ length: 5 }, () => session.fetch('/api/transfer', { method: 'POST' })));
  await world.pass(50);
  world.server.signIn('eve');
  const outcomes = await world.run(queued);
  assert.ok(outcomes.every(({ reason }) => reason instanceof pawl.PawlError && reason.code === 'session_switched'));
  assert.equal(world.server.to('/api/transfer').length, 0);
  assert.deepEqual(heard, ['degraded', 'switched', 'recovered']);
});

// requirement: XS-03, ATTACK-23
test('a request on its way when the user changes is refused by the server, and surfaces as session_switched', async () => {
  const world = new World();
  const ada = world.server.signIn('ada');
  const { session, heard } = world.join(deaf);
  const request = session.fetch('/api/transfer', { method: 'POST' });
  world.after(10, () => world.server.signIn('eve'));
  await assert.rejects(world.run(request), { name: 'PawlError', code: 'session_switched' });
  assert.equal(world.server.to('/api/transfer')[0].headers.get('Pawl-Session'), ada);
  assert.deepEqual(heard, ['switched']);
  assert.equal(session.state.sid.startsWith('eve'), true);
});

// requirement: CLI-06, ATTACK-23
test('a 401 that arrives after the user changed is not repeated as the other', async () => {
  const world = new World();
  world.server.signIn('ada');
  const { session } = world.join(deaf);
  world.server.forgetKeys();
  const request = session.fetch('/api/me', { method: 'POST' });
  world.after(30, () => world.server.signIn('eve'));
  await assert.rejects(world.run(request), { code: 'session_switched' });
  assert.equal(world.server.to('/api/me').length, 1);
});

test('all requests made before the listeners are told fail alike, those made after are the other’s', async () => {
  const world = new World();
  world.server.signIn('ada');
  const { session, heard } = world.join(deaf);
  await world.pass(1);
  world.server.signIn('eve');
  const outcomes = await world.run(Promise.allSettled([1, 2, 3].map(() => session.fetch('/api/me'))));
  assert.deepEqual(outcomes.map(({ reason }) => reason?.code), Array(3).fill('session_switched'));
  assert.equal(world.server.log.length, 0);
  assert.deepEqual(heard, ['switched']);
  const response = await world.run(session.fetch('/api/me'));
  assert.equal((await response.json()).user, 'eve');
});

test('a request made signed out runs as whoever has signed in by then', async () => {
  const world = new World();
  const { session, heard } = world.join(deaf);
  world.server.signIn('ada');
  assert.equal((await (await world.run(session.fetch('/api/me'))).json()).user, 'ada');
  assert.deepEqual(heard, ['signedin']);
});

test('an application’s own 409 is passed on, with its body', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  const conflicts = [
    () => json({ taken: true }, { status: 409 }),
    () => problem(409, 'edit_conflict'),
    () => new Response('no', { status: 409 }),
  ];
  for (const answer of conflicts) {
    world.server.route('/api/own', answer);
    const response = await world.run(session.fetch('/api/own'));
    assert.equal(response.status, 409);
    assert.equal(await response.text(), await answer().text());
  }
});

// requirement: CLI-06
test('a refresh refused with session_switched looks again and ends nothing', async () => {
  const world = new World();
  world.server.signIn('ada');
  const { session, heard } = world.join({ visible: false, ...deaf });
  await world.pass(240_000);
  const waiting = session.ready();
  world.after(10, () => world.server.signIn('eve'));
  await assert.rejects(world.run(waiting), { code: 'session_switched' });
  await world.pass(100);
  assert.deepEqual(heard, ['switched']);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
});

/** A page without a listener that could tell its code of another user. */
const joinUnaware = (world, ...types) => {
  const page = world.open({ visible: false });
  page.session = page.pawl.createSession();
  page.stops = types.map((type) => page.session.on(type, () => {}));
  return page;
};

for (const [how, change] of Object.entries({
  'signs in': (world) => world.server.signIn('eve'),
  'signs in after a sign-out': async (world) => {
    world.server.signOut();
    await world.pass(1_000);
    world.server.signIn('eve');
  },
}))
  // requirement: XS-03, ATTACK-23
  test(`a page that listens to neither switched nor change never speaks for the user who ${how} in another tab`, async () => {
    const world = new World();
    world.server.signIn('ada');
    const page = joinUnaware(world, 'refreshed', 'signedout', 'signedin');
    await change(world);
    await world.pass(1_000);
    for (const ask of ['fetch', 'ready', 'token'])
      await assert.rejects(world.run(page.session[ask]('/api/transfer', { method: 'POST' })), { code: 'session_switched' });
    assert.equal(world.server.to('/api/transfer').length, 0);
    const again = joinUnaware(world);
    assert.equal((await world.run(again.session.fetch('/api/transfer', { method: 'POST' }))).status, 200);
  });

for (const type of ['switched', 'change'])
  test(`a page that listens to ${type} goes on as the next user, until it stops listening`, async () => {
    const world = new World();
    world.server.signIn('ada');
    const page = joinUnaware(world, type);
    world.server.signIn('eve');
    await world.pass(1_000);
    assert.equal((await world.run(page.session.fetch('/api/transfer', { method: 'POST' }))).status, 200);
    for (const stop of [...page.stops, ...page.stops]) stop();
    world.server.signIn('bob');
    await world.pass(1_000);
    await assert.rejects(world.run(page.session.ready()), { code: 'session_switched' });
  });

test('a page that signs in or out itself needs no listener', async () => {
  const world = new World();
  world.server.signIn('ada');
  const { session } = joinUnaware(world);
  await world.run(session.signIn(undefined, { email: 'eve', password: 'hunter2' }));
  await world.pass(1_000);
  assert.equal((await world.run(session.fetch('/api/me'))).status, 200);
  await world.run(session.signOut());
  await world.run(session.signIn(undefined, { email: 'bob', password: 'hunter2' }));
  await world.pass(1_000);
  assert.equal((await (await world.run(session.fetch('/api/me'))).json()).user, 'bob');
  assert.ok(session.state.sid.startsWith('bob'));
});

test('a page that signs in itself is made for that user, however early it hears of the cookies', async () => {
  const world = new World();
  const { session } = joinUnaware(world);
  world.server.route('/login', () => {
    world.server.signIn('ada');
    return Object.assign(new Response(null, { status: 204 }), { delay: 100 });
  });
  await world.run(session.signIn('/login'));
  world.server.signIn('eve');
  await world.pass(1_000);
  await assert.rejects(world.run(session.ready()), { code: 'session_switched' });
});
