// The verdict of an answer that has no body, as to HEAD, is in its header.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { challenge } from './fakes/server.js';

const head = { method: 'HEAD' };

const open = (world, options) => {
  const sid = world.server.signIn();
  return Object.assign(world.join(options), { sid });
};

test('a HEAD refused for its access token is repeated after one refresh', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.forgetKeys();
  assert.equal((await world.run(session.fetch('/api/me', head))).status, 200);
  assert.deepEqual([world.server.refreshes, world.server.to('/api/me').length], [1, 2]);
});

test('a HEAD in an ended session signs out, and says why', async () => {
  const world = new World();
  const { session, heard, sid } = open(world);
  world.server.end(sid, 'revoked');
  assert.equal((await world.run(session.fetch('/api/me', head))).status, 401);
  assert.deepEqual(heard, ['signedout revoked']);
});

test('a HEAD made for another session rejects with session_switched', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.route('/api/own', () => new Response(null, { status: 409, headers: { 'Pawl-Problem': 'session_switched' } }));
  await assert.rejects(world.run(session.fetch('/api/own', head)), { code: 'session_switched' });
});

test('the header alone will do where CORS hides the challenge, or the body is a page of the application', async () => {
  const world = new World();
  const { session } = open(world);
  let calls = 0;
  const expired = { status: 401, headers: { 'Pawl-Problem': 'access_token_expired' } };
  world.server.route('/api/own', () => new Response('<p>no', ++calls === 1 ? expired : {}));
  assert.equal((await world.run(session.fetch('/api/own'))).status, 200);
  assert.equal(calls, 2);
});

test('a refusal of a refresh is understood by its header, and nothing but a 401 ends a session', async () => {
  const world = new World();
  const { session, heard } = open(world, { visible: false });
  await world.pass(240_000);
  const ended = (status) => () => new Response(null, { status, headers: { 'Pawl-Problem': 'session_ended;reason=idle', ...challenge } });
  world.server.fail('/auth/refresh', ended(503), ended(401));
  await world.run(session.fetch('/api/me'));
  assert.deepEqual(heard, ['degraded', 'signedout idle', 'recovered idle']);
});

test('a header with a code that the client does not know is left to the application', async () => {
  const world = new World();
  const { session } = open(world);
  world.server.route('/api/own', () => new Response('mine', { status: 401, headers: { 'Pawl-Problem': 'reauthentication_required' } }));
  assert.equal(await (await world.run(session.fetch('/api/own'))).text(), 'mine');
  assert.equal(world.server.refreshes, 0);
});
