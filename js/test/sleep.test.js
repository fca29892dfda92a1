import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const hidden = { visible: false };
const hour = 3_600_000;

/** A signed-in page whose token is fresh when its device falls asleep. */
const asleep = async (tab, duration = hour) => {
  const world = new World(tab.options?.transport && { bearer: true });
  world.server.signIn('ada');
  const page = world.join(tab);
  await world.run(page.session.ready());
  await world.pass(1_000);
  const before = world.server.refreshes;
  world.sleep(duration);
  return { world, page, refreshes: () => world.server.refreshes - before };
};

const browsers = {
  'a browser with cookieStore': {},
  'a browser without': { without: ['cookieStore'] },
  'the bearer transport': { options: { transport: 'bearer' } },
  'the bearer transport without cookieStore': { options: { transport: 'bearer' }, without: ['cookieStore'] },
};

test('a cookieStore that cannot be read holds up no request', async () => {
  const { world, page } = await asleep(hidden);
  page.cookieStore.get = () => Promise.reject(new DOMException('The store is broken.', 'UnknownError'));
  assert.equal((await world.run(page.session.fetch('/api/me'))).status, 200);
});

for (const [what, options] of Object.entries(browsers)) {
  // requirement: CLI-08, CLI-11
  test(`the first requests after a sleep meet one refresh and no 401, in ${what}`, async () => {
    const { world, page, refreshes } = await asleep({ ...hidden, ...options });
    const answers = await world.run(Promise.all(Array.from({ length: 20 }, () => page.session.fetch('/api/me'))));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal(world.server.to('/api/me').length, 20);
    assert.equal(refreshes(), 1);
  });

  test(`a stream waits for a fresh token after a sleep, in ${what}`, async () => {
    const { world, page, refreshes } = await asleep({ ...hidden, ...options });
    await world.run(page.session.ready());
    assert.equal(refreshes(), 1);
  });

  for (const type of ['pageshow', 'focus', 'online', 'visibilitychange'])
    test(`a page that is seen refreshes on ${type} after a sleep, in ${what}`, async () => {
      const { world, page, refreshes } = await asleep(options);
      page.emit(type);
      await world.pass(100);
      assert.equal(refreshes(), 1);
    });

  test(`a clock that is set costs one refresh at most, in ${what}`, async () => {
    const { world, page, refreshes } = await asleep({ ...hidden, ...options }, 0);
    for (const set of [-24 * hour, 24 * hour]) {
      world.set += set;
      const before = refreshes();
      for (let i = 0; i < 5; i++) assert.equal((await world.run(page.session.fetch('/api/me'))).status, 200);
      assert.ok(refreshes() - before <= 1);
      assert.equal(world.server.to('/api/me').length % 5, 0);
    }
    assert.deepEqual(page.heard.filter((event) => event !== 'refreshed' && event !== 'signedin'), []);
  });

  test(`a request made offline after a sleep waits for the network, in ${what}`, async () => {
    const { world, page } = await asleep({ ...hidden, ...options });
    world.online = false;
    const request = page.session.fetch('/api/me');
    await world.pass(5_000);
    world.online = true;
    page.emit('online');
    assert.equal((await world.run(request)).status, 200);
  });
}

test('a clock that is set costs no refresh where the browser can be asked', async () => {
  const { world, page, refreshes } = await asleep(hidden, 0);
  world.set += 24 * hour;
  assert.equal((await world.run(page.session.fetch('/api/me'))).status, 200);
  assert.equal(refreshes(), 0);
});
