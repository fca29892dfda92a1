// An answer whose body does not end, or is not ours, holds up nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { challenge } from './fakes/server.js';

const problem = { 'Content-Type': 'application/problem+json' };
const bytes = (text) => new TextEncoder().encode(text);

/** A body that says something, and never that it is complete. */
const endless = (text = '{"code":') => new ReadableStream({ start: (controller) => controller.enqueue(bytes(text)) });

/** A body without limit, as fast as it is read. */
const bottomless = (read = () => {}) =>
  new ReadableStream({ pull: (controller) => (read(), controller.enqueue(bytes(' '.repeat(1_000)))) });

const open = (world, options) => {
  world.server.signIn();
  return world.join(options);
};

test('a 401 whose body is none of our server’s is handed on at once', async () => {
  for (const type of [undefined, 'text/event-stream', 'application/json']) {
    const world = new World();
    const { session } = open(world);
    const headers = { ...challenge, ...(type && { 'Content-Type': type }) };
    world.server.route('/api/own', () => new Response(endless(), { status: 401, headers }));
    const { value, took } = await world.time(session.fetch('/api/own'));
    assert.equal(value.status, 401);
    assert.ok(took < 1_000, `took ${took} ms`);
  }
});

test('a problem whose body does not end is waited for three seconds, and its header not at all', async () => {
  const world = new World();
  const { session, heard } = open(world);
  const answer = (headers) => () => new Response(endless(), { status: 401, headers: { ...problem, ...challenge, ...headers } });
  world.server.route('/api/own', answer());
  const { value, took } = await world.time(session.fetch('/api/own'));
  assert.equal(value.status, 401);
  assert.ok(took >= 3_000 && took < 4_000, `took ${took} ms`);
  assert.equal(new TextDecoder().decode((await value.body.getReader().read()).value), '{"code":');

  world.server.route('/api/own', answer({ 'Pawl-Problem': 'session_ended;reason=idle' }));
  const { took: atOnce } = await world.time(session.fetch('/api/own'));
  assert.ok(atOnce < 1_000, `took ${atOnce} ms`);
  assert.deepEqual(heard, ['signedout idle']);
});

test('no more of a problem is read than one of our server has', async () => {
  const world = new World();
  const { session } = open(world);
  let reads = 0;
  world.server.route('/api/own', () => new Response(bottomless(() => reads++), { status: 401, headers: { ...problem, ...challenge } }));
  const { value, took } = await world.time(session.fetch('/api/own'));
  assert.equal(value.status, 401);
  assert.ok(took < 1_000 && reads < 40, `${reads} reads, ${took} ms`);
});

test('a sign-in whose answer does not end resolves, and other tabs go on', async () => {
  const world = new World();
  const { session } = world.join();
  world.server.fail('/auth/login', (request) => {
    const { cookies } = world.server.answer(request);
    return Object.assign(new Response(endless('{"sid":'), { headers: { 'Content-Type': 'application/json' } }), { cookies });
  });
  const { value, took } = await world.time(session.signIn(undefined, { email: 'ada', password: 'hunter2' }));
  assert.equal(value.status, 200);
  assert.ok(took < 4_000, `took ${took} ms`);
  assert.equal(session.state.status, 'signed-in');
});

test('a refresh whose answer does not end fails, and the next one is made', async () => {
  const world = new World();
  const { session } = open(world, { visible: false });
  await world.pass(240_000);
  world.server.fail('/auth/refresh', () => new Response(endless(), { headers: { 'Content-Type': 'application/json' } }));
  const { value, took } = await world.time(session.fetch('/api/me'));
  assert.equal(value.status, 200);
  assert.ok(took < 5_000, `took ${took} ms`);
  assert.equal(world.server.refreshes, 2);
});

test('a sign-out whose refusal does not end resolves', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.fail('/auth/logout', () => new Response(endless(), { status: 503, headers: problem }));
  const { value, took } = await world.time(session.signOut());
  assert.equal(value, false);
  assert.ok(took < 4_000, `took ${took} ms`);
});
