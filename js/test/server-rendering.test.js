// On a server there is no document, and these tests are one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PawlError, createSession } from '../src/pawl.js';

test('importing and creating a session does nothing', () => {
  const session = createSession();
  assert.deepEqual(session.state, { status: 'signed-out', sid: '', generation: '', refreshIn: 0, bound: false, degraded: false });
  session.on('change', () => {})();
  session.dispose();
});

test('fetch is the server’s own', async (t) => {
  const calls = [];
  t.mock.method(globalThis, 'fetch', async (...call) => calls.push(call));
  const init = { method: 'POST' };
  await createSession('https://api.example.com/auth').fetch('/relative', init);
  assert.deepEqual(calls, [['/relative', init]]);
  assert.equal(calls[0][1], init);
});

test('nobody is signed in', async () => {
  const session = createSession('https://api.example.com/auth', { transport: 'bearer' });
  await assert.rejects(session.ready(), PawlError);
  assert.equal(await session.token(), '');
});
