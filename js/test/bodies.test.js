import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';

const form = new FormData();
form.set('text', 'hello');
form.set('file', new Blob(['hello']), 'hello.txt');

/** A session whose first request to come will meet a 401 and be repeated. */
const refused = () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join();
  world.server.forgetKeys();
  return { world, session };
};

const ignoringBoundaries = (body) => body.replaceAll(/-+formdata-undici-\d+-*/g, '');

for (const [what, body] of Object.entries({
  'a string': 'hello',
  'a Blob': new Blob(['hello']),
  'a FormData': form,
  'URLSearchParams': new URLSearchParams({ hello: 'there' }),
  'an ArrayBuffer': new TextEncoder().encode('hello').buffer,
  'a typed array': new TextEncoder().encode('hello'),
}))
  test(`${what} is sent again whole`, async () => {
    const { world, session } = refused();
    const response = await world.run(session.fetch('/api/me', { method: 'POST', body }));
    assert.equal(response.status, 200);
    const [first, second] = world.server.to('/api/me').map((request) => ignoringBoundaries(request.body));
    assert.ok(first.includes('hello'));
    assert.equal(second, first);
  });

test('a Request with a body is sent again whole', async () => {
  const { world, session } = refused();
  const request = new Request('https://app.example.com/api/me', { method: 'POST', body: 'hello', headers: { 'X-Mine': '1' } });
  assert.equal((await world.run(session.fetch(request))).status, 200);
  const sent = world.server.to('/api/me').map(({ method, body, headers }) => [method, body, headers.get('X-Mine')]);
  assert.deepEqual(sent, [['POST', 'hello', '1'], ['POST', 'hello', '1']]);
});

test('a Request without a body is sent again', async () => {
  const { world, session } = refused();
  assert.equal((await world.run(session.fetch(new Request('https://app.example.com/api/me')))).status, 200);
});

test('giving up a Request gives up its wait', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  const controller = new AbortController();
  const request = session.fetch(new Request('https://app.example.com/api/me', { signal: controller.signal }));
  await world.pass(5);
  controller.abort(new Error('enough'));
  await assert.rejects(world.run(request), /enough/);
  assert.equal(world.now, 240_005);
});

// requirement: CLI-09
test('a stream is sent once, and its 401 surfaces instead of an empty retry', async () => {
  const { world, session } = refused();
  const body = new Blob(['hello']).stream();
  const response = await world.run(session.fetch('/api/me', { method: 'POST', body, duplex: 'half' }));
  assert.equal(response.status, 401);
  assert.deepEqual(world.server.to('/api/me').map((request) => request.body), ['hello']);
});

// requirement: CLI-09
test('a stream is not read before the token is fresh, so that it need not be sent twice', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  const body = new Blob(['hello']).stream();
  const response = await world.run(session.fetch('/api/me', { method: 'POST', body, duplex: 'half' }));
  assert.equal(response.status, 200);
  assert.deepEqual(world.server.to('/api/me').map((request) => request.body), ['hello']);
});
