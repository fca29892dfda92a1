// A signal that lives as long as its page is left as it was found.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { World } from './fakes/world.js';

/** Everything that a signal holds on to: listeners, and the signals made of it. */
const held = (signal) => {
  const made = Object.getOwnPropertySymbols(signal).find(({ description }) => description === 'kDependantSignals');
  return getEventListeners(signal, 'abort').length + (signal[made]?.size ?? 0);
};

test('four hundred waits leave no listener on the caller’s signal', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  const { signal } = new AbortController();
  await world.pass(240_000);
  // They end before the request is made: what becomes of the signal there is for the browser's fetch.
  world.server.fail('/auth/refresh', ...Array(1_000).fill('unreachable'));
  for (let round = 0; round < 4; round++) {
    const waits = Array.from({ length: 100 }, () => session.fetch('/api/me', { signal }).catch(({ code }) => code));
    assert.deepEqual(new Set(await world.run(Promise.all(waits))), new Set(['refresh_unavailable']));
  }
  assert.equal(held(signal), 0);
});

test('components that come and go leave no listener on the session’s own signal', (t) => {
  const made = [];
  const { AbortController } = globalThis;
  t.after(() => (globalThis.AbortController = AbortController));
  globalThis.AbortController = class extends AbortController {
    constructor() {
      super();
      made.push(this.signal);
    }
  };
  const { session } = new World().join();
  const count = () => made.reduce((sum, signal) => sum + held(signal), 0);
  const before = count();
  for (let i = 0; i < 400; i++) session.on('change', () => {})();
  assert.equal(count(), before);
});

test('sign-outs that cannot be told to the server yet are repeated by one timer, however often the page wakes', async () => {
  const world = new World();
  world.server.signIn();
  const page = world.join();
  world.server.fail('/auth/logout', ...Array(1_000).fill('unreachable'));
  await world.run(page.session.signOut());
  for (let i = 0; i < 20; i++) {
    page.emit('focus');
    await world.pass(100);
  }
  const before = world.server.to('/auth/logout').length;
  await world.pass(80_000);
  const calls = world.server.to('/auth/logout').length - before;
  assert.ok(calls <= 11, `${calls} calls in 80 seconds`);
  page.session.dispose();
  await world.pass(1_000);
  const after = world.server.to('/auth/logout').length;
  await world.pass(80_000);
  assert.equal(world.server.to('/auth/logout').length, after);
});
