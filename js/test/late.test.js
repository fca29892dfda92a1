import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const eve = { email: 'eve', password: 'hunter2' };
const hidden = { visible: false };

/** The next refresh is answered, and its answer arrives after seven seconds. */
const delay = (world, ms = 7_000) =>
  world.server.fail('/auth/refresh', (request) => Object.assign(world.server.answer(request), { delay: ms }));

/** Ada's page with a refresh under way, and a second page. */
const start = async (options) => {
  const world = new World();
  world.server.signIn('ada');
  const [first, second] = [world.join({ ...hidden, ...options }), world.join({ ...hidden, ...options })];
  await world.pass(240_000);
  delay(world);
  first.session.fetch('/api/me').catch(() => {});
  await world.pass(300);
  return { world, first, second };
};

const isEves = async (world, ...tabs) => {
  for (const tab of tabs) {
    const response = await world.run(tab.session.fetch('/api/me'));
    assert.equal((await response.json()).user, 'eve');
    assert.ok(tab.session.state.sid.startsWith('eve'));
    assert.ok(!tab.heard.some((event) => event.startsWith('signedout')), tab.heard.join());
  }
  assert.deepEqual([...world.server.sessions.values()].filter(({ ended }) => !ended).map(({ user }) => user), ['eve']);
};

const browsers = [{}, { without: ['cookieStore'] }, { without: ['locks'] }, { without: ['locks', 'cookieStore', 'BroadcastChannel'] }];

for (const options of browsers)
  for (const [what, leave] of Object.entries({ open() {}, closed: (tab) => tab.close(), frozen: (tab) => tab.freeze() })) {
    // requirement: CLI-06, ATTACK-23
    test(`a late refresh of a page that is ${what} leaves the next user signed in, without ${options.without ?? 'nothing'}`, async () => {
      const { world, first, second } = await start(options);
      leave(first);
      const { took } = await world.time(second.session.signIn(undefined, eve));
      assert.ok(took < 100, `took ${took} ms`);
      await world.pass(10_000);
      first.thaw();
      await world.pass(1_000);
      await isEves(world, second, ...(what === 'closed' ? [] : [first]), world.join(hidden));
    });
  }

test('the cookies of a refresh that gives way to a sign-in are dropped, and nothing has to be mended', async () => {
  const { world, second } = await start();
  await world.run(second.session.signIn(undefined, eve));
  await world.pass(10_000);
  assert.equal(world.server.refreshes, 1);
});

test('a refresh that gives way to a sign-in which is refused is tried again', async () => {
  const { world, first, second } = await start();
  const waiting = first.session.ready();
  assert.equal((await world.run(second.session.signIn(undefined, { ...eve, password: 'guess' }))).status, 401);
  await world.run(waiting);
  assert.ok(first.session.state.sid.startsWith('ada'));
  assert.deepEqual(first.heard, ['refreshed']);
});

test('a sign-out under way gives way to a sign-in, whose cookies its late answer would delete', async () => {
  const world = new World();
  world.server.signIn('ada');
  const [first, second] = [world.join(hidden), world.join(hidden)];
  world.server.fail('/auth/logout', (request) => Object.assign(world.server.answer(request), { delay: 7_000 }));
  first.session.signOut();
  await world.pass(100);
  await world.run(second.session.signIn(undefined, eve));
  await world.pass(30_000);
  assert.equal((await world.run(second.session.fetch('/api/me'))).status, 200);
  assert.ok(first.session.state.sid.startsWith('eve'));
});

test('a page opened on the left-over cookies learns from the server whose the browser is', async () => {
  const { world, first, second } = await start();
  first.freeze();
  await world.run(second.session.signIn(undefined, eve));
  second.close();
  await world.pass(10_000);
  const page = world.join(hidden);
  assert.ok(page.session.state.sid.startsWith('ada'));
  await assert.rejects(world.run(page.session.fetch('/api/me')), { code: 'session_switched' });
  assert.deepEqual(page.heard, ['switched']);
  await isEves(world, page);
});

test('a sign-in on a page opened on the left-over cookies is carried out once', async () => {
  const { world, first, second } = await start();
  first.freeze();
  await world.run(second.session.signIn(undefined, eve));
  second.close();
  await world.pass(10_000);
  const page = world.join(hidden);
  assert.equal((await world.run(page.session.signIn(undefined, eve))).status, 200);
  await isEves(world, page);
});

test('two sign-ins at once happen one after the other, and leave one session', async () => {
  const world = new World();
  const [one, two] = [world.join(hidden), world.join(hidden)];
  const both = Promise.all([one.session.signIn(undefined, eve), two.session.signIn(undefined, eve)]);
  assert.deepEqual((await world.run(both)).map(({ status }) => status), [200, 200]);
  await world.pass(200);
  await isEves(world, one, two);
});
