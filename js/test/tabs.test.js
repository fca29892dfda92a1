import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const hidden = { visible: false };

/** Five tabs whose token has just lapsed. */
const five = async (world, options = hidden) => {
  world.server.signIn();
  const tabs = Array.from({ length: 5 }, () => world.join(options));
  await world.pass(240_000);
  return tabs;
};

const all = (world, tabs) =>
  world.run(Promise.all(tabs.flatMap(({ session }) => Array.from({ length: 10 }, () => session.fetch('/api/me')))));

// requirement: CLI-03
test('five tabs that wake at once refresh once', async () => {
  const world = new World();
  const tabs = await five(world);
  for (const tab of tabs) tab.show();
  const responses = await all(world, tabs);
  assert.ok(responses.every(({ ok }) => ok));
  assert.equal(world.server.refreshes, 1);
});

test('the cookies are read again once the lock is had', async () => {
  const world = new World();
  const [one, two] = await five(world);
  world.latency = 500;
  const first = one.session.ready();
  await world.pass(10);
  await world.run(Promise.all([first, two.session.ready()]));
  assert.equal(world.server.refreshes, 1);
  assert.equal(one.session.state.generation, two.session.state.generation);
});

// requirement: CLI-03
test('a new token is not replaced because its timer is seen a little later', async () => {
  const world = new World();
  const [one, two] = await five(world);
  const first = one.session.ready();
  await world.pass(5);
  one.freeze();
  await world.pass(50);
  // Browsers show the cookies of one answer to other tabs one by one.
  two.late = world.jar.script(two.host).replace(/; __Host-pawl-fresh=[^;]*/, '');
  const second = two.session.fetch('/api/me');
  await world.pass(5);
  two.late = undefined;
  one.thaw();
  await world.run(Promise.all([first, second]));
  assert.equal(world.server.refreshes, 1);
});

for (const missing of ['locks', 'cookieStore', 'BroadcastChannel']) {
  // requirement: CLI-03
  test(`five tabs stay signed in without ${missing}`, async () => {
    const world = new World();
    const tabs = await five(world, { ...hidden, without: [missing] });
    const responses = await all(world, tabs);
    assert.ok(responses.every(({ ok }) => ok));
    assert.ok(world.server.refreshes <= (missing === 'locks' ? 5 : 1));
    assert.ok(tabs.every(({ session }) => session.state.status === 'signed-in'));
  });
}

// requirement: CLI-03
test('five tabs stay signed in without any of the three', async () => {
  const world = new World();
  const tabs = await five(world, { ...hidden, without: ['locks', 'cookieStore', 'BroadcastChannel'] });
  const responses = await all(world, tabs);
  assert.ok(responses.every(({ ok }) => ok));
});

// requirement: CLI-10
test('a frozen tab that holds the lock costs the others one refresh and less than two seconds, not the session', async () => {
  const world = new World();
  const [frozen, other] = await five(world);
  frozen.session.ready().catch(() => {});
  await world.pass(5);
  frozen.freeze();
  const { value, took } = await world.time(other.session.fetch('/api/me'));
  assert.equal(value.status, 200);
  assert.ok(took < 2_000, `took ${took} ms`);
  frozen.thaw();
  assert.equal((await world.run(frozen.session.fetch('/api/me'))).status, 200);
});

// requirement: CLI-10
test('of four tabs that a frozen one keeps waiting, one refreshes', async () => {
  const world = new World();
  const [frozen, ...others] = await five(world);
  frozen.session.ready().catch(() => {});
  await world.pass(5);
  frozen.freeze();
  const before = world.server.refreshes;
  const { took } = await world.time(Promise.all(others.map(({ session }) => session.ready())));
  assert.ok(took < 2_000, `took ${took} ms`);
  assert.ok(world.server.refreshes <= before + 1, `${world.server.refreshes} refreshes`);
});

test('nor does it cost a caller more than 15 seconds when nothing else works either', async () => {
  const world = new World();
  const [frozen, other] = await five(world);
  frozen.session.ready().catch(() => {});
  await world.pass(5);
  frozen.freeze();
  world.server.fail('/auth/refresh', ...Array(100).fill(503));
  world.random = () => 0; // so that patience ends while it waits for the lock
  const { error, took } = await world.time(other.session.fetch('/api/me'));
  assert.equal(error.code, 'refresh_unavailable');
  assert.equal(took, 15_000);
});

// requirement: CLI-10
test('a tab that crashes with the lock in hand leaves it to the next', async () => {
  const world = new World();
  const [crashing, other] = await five(world);
  crashing.session.ready().catch(() => {});
  await world.pass(5);
  const waiting = world.watch(other.session.fetch('/api/me'));
  await world.pass(5);
  crashing.close();
  const { value, took } = await world.run(waiting);
  assert.equal(value.status, 200);
  assert.ok(took < 200, `took ${took} ms`);
});

test('a tab that wakes from a freeze in mid-call has patience left to try again', async () => {
  const world = new World();
  const [tab] = await five(world);
  world.server.fail('/auth/refresh', 'unreachable');
  const request = tab.session.fetch('/api/me');
  await world.pass(5);
  tab.freeze();
  await world.pass(8_000);
  tab.thaw();
  assert.equal((await world.run(request)).status, 200);
});

test('locks that refuse to work are gone without', async () => {
  const world = new World();
  world.server.signIn();
  const tab = world.open(hidden);
  tab.session = tab.pawl.createSession();
  world.locks.set('pawl', {});
  await world.pass(240_000);
  assert.equal((await world.run(tab.session.fetch('/api/me'))).status, 200);
});

for (const [means, without] of [
  ['cookieStore', []],
  ['a BroadcastChannel', ['cookieStore']],
]) {
  // requirement: CLI-07
  test(`sign-out, sign-in and refresh in one tab reach the other through ${means}`, async () => {
    const world = new World();
    world.server.signIn();
    const [one, two] = [world.join({ ...hidden, without }), world.join({ ...hidden, without })];
    await world.pass(240_000);
    await world.run(one.session.ready());
    await world.pass(100);
    assert.deepEqual(two.heard, ['refreshed']);
    await world.run(one.session.signOut());
    await world.pass(100);
    assert.deepEqual(two.heard, ['refreshed', 'signedout']);
    await world.run(one.session.signIn(undefined, { email: 'eve', password: 'hunter2' }));
    await world.pass(100);
    assert.deepEqual(two.heard, ['refreshed', 'signedout', 'signedin']);
    assert.equal(two.session.state.sid, one.session.state.sid);
  });
}

for (const [means, without] of [
  ['cookieStore', []],
  ['a BroadcastChannel', ['cookieStore']],
]) {
  // requirement: CLI-07
  test(`the news through ${means} may be faster than the cookies`, async () => {
    const world = new World();
    world.cookieLag = 50;
    world.server.signIn();
    const [one, two] = [world.join({ ...hidden, without }), world.join({ ...hidden, without })];
    await world.pass(1_000);
    await world.run(one.session.signOut());
    await world.pass(1_000);
    assert.deepEqual(two.heard, ['signedout']);
  });
}

test('a plain page of the server signs all tabs in and out', async () => {
  const world = new World();
  const tab = world.join();
  world.server.signIn();
  await world.pass(100);
  world.server.signOut();
  await world.pass(100);
  assert.deepEqual(tab.heard, ['signedin', 'signedout refresh_token_invalid']);
});

for (const type of ['pageshow', 'focus', 'online']) {
  test(`a tab that heard nothing looks again on ${type}`, async () => {
    const world = new World();
    const tab = world.join({ without: ['cookieStore', 'BroadcastChannel'] });
    await world.pass(100);
    world.server.signIn();
    await world.pass(100);
    assert.deepEqual(tab.heard, []);
    tab.emit(type);
    assert.deepEqual(tab.heard, ['signedin']);
  });
}

test('a tab that heard nothing looks again when it is shown', async () => {
  const world = new World();
  const tab = world.join({ ...hidden, without: ['cookieStore', 'BroadcastChannel'] });
  world.server.signIn();
  tab.show();
  assert.deepEqual(tab.heard, ['signedin']);
});

// requirement: CLI-07
test('what tabs tell each other has no content', async () => {
  const world = new World();
  world.server.signIn();
  const without = ['cookieStore'];
  const [one] = [world.join({ ...hidden, without }), world.join({ ...hidden, without })];
  await world.pass(240_000);
  await world.run(one.session.ready());
  await world.run(one.session.signOut());
  await world.pass(100);
  assert.ok(world.messages.length > 0 && world.messages.length < 20);
  assert.ok(world.messages.every((message) => message === null));
});
