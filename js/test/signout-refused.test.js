import assert from 'node:assert/strict';
import { test } from 'node:test';
import { World } from './fakes/world.js';
import { refusal } from './fakes/server.js';

const cookies = (world) => world.jar.get('app.example.com');

const scopes = (world) => world.server.to('/auth/logout').map(({ body }) => JSON.parse(body).scope);

const open = (world, options) => {
  const sid = world.server.signIn();
  return Object.assign(world.join(options), { sid });
};

for (const scope of ['all', '', null, ['everywhere']])
  test(`the scope ${JSON.stringify(scope)} is refused before anything happens`, async () => {
    const world = new World();
    const { session, heard } = open(world);
    const before = cookies(world);
    await assert.rejects(world.run(session.signOut({ scope })), { name: 'TypeError', message: /current, others or everywhere/ });
    await world.pass(60_000);
    assert.deepEqual([session.state.status, heard, cookies(world)], ['signed-in', [], before]);
    assert.equal(world.server.to('/auth/logout').length, 0);
  });

test('a scope that the server refuses degrades to current, once', async () => {
  const world = new World();
  const { session, sid } = open(world);
  world.server.fail('/auth/logout', () => refusal(403, 'csrf_rejected'));
  assert.equal(await world.run(session.signOut({ scope: 'everywhere' })), false);
  await world.pass(60_000);
  assert.deepEqual(scopes(world), ['everywhere', 'current']);
  assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
  assert.deepEqual(cookies(world), {});
});

test('a scope left behind by another version of the client degrades to current', async () => {
  const world = new World();
  const sid = world.server.signIn();
  world.jar.set('app.example.com', `__Host-pawl-signout=${sid}.all; Path=/; Secure`);
  world.join();
  await world.pass(60_000);
  assert.deepEqual(scopes(world), ['all', 'current']);
  assert.equal(world.server.sessions.get(sid).ended, 'signed_out');
});

const refusals = [
  [400, 'ambiguous_credentials'],
  [403, 'csrf_rejected'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [413, 'content_too_large'],
  [415, 'unsupported_media_type'],
];

for (const [status, code] of refusals)
  test(`a sign-out that the server refuses for good (${status}) is not asked for again, and this browser stays signed out`, async () => {
    const world = new World();
    const page = open(world);
    world.server.fail('/auth/logout', ...Array(50).fill(() => refusal(status, code)));
    assert.equal(await world.run(page.session.signOut({ scope: 'everywhere' })), false);
    for (let i = 0; i < 5; i++) {
      page.emit('focus');
      await world.pass(60_000);
    }
    const next = world.join();
    await world.pass(60_000);
    assert.deepEqual(scopes(world), ['everywhere', 'current']);
    assert.deepEqual([page.session.state.status, next.session.state.status], ['signed-out', 'signed-out']);
    assert.equal(world.server.refreshes, 0);
    assert.equal((await world.run(next.session.signIn(undefined, { email: 'eve', password: 'hunter2' }))).status, 200);
    assert.equal(await world.run(next.session.signOut()), false);
  });

for (const scope of ['others', 'everywhere'])
  test(`scope ${scope} in a session that has ended already is not confirmed, and ends`, async () => {
    const world = new World();
    const { session } = open(world);
    world.server.fail('/auth/logout', () => refusal(401, 'session_ended', { reason: 'idle' }));
    assert.equal(await world.run(session.signOut({ scope })), false);
    await world.pass(60_000);
    assert.equal(scopes(world).length, 1);
  });
