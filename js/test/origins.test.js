import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json } from './fakes/server.js';
import { APP, API, World } from './fakes/world.js';

const open = (options, worldOptions) => {
  const world = new World(worldOptions);
  const sid = world.server.signIn();
  const { session } = world.join({ options });
  world.server.route('/x', () => json({}));
  return { world, session, sid };
};

const sessionHeaders = ({ headers }) => [headers.get('Pawl-Session'), headers.get('Authorization')];

for (const url of ['/x', 'x', `${APP}/x`, new URL('/x', APP), 'https://APP.example.com:443/x', '/\\app.example.com/x'])
  // requirement: XS-03
  test(`${url} carries the session`, async () => {
    const { world, session, sid } = open();
    await world.run(session.fetch(url));
    assert.equal(world.server.to('/x')[0].headers.get('Pawl-Session'), sid);
  });

for (const url of [
  'https://evil.example/x',
  '//evil.example/x',
  '\\\\evil.example/x',
  '/\\evil.example/x',
  '\t//evil.example/x',
  'https:/\\evil.example/x',
  'https://app.example.com.evil.example/x',
  'https://evil.example/https://app.example.com/x',
  'https://evil.example#@app.example.com/x',
  'https://evil-app.example.com/x',
  'https://example.com/x',
  'https://sub.app.example.com/x',
  'http://app.example.com/x',
  'https://app.example.com:8443/x',
])
  // requirement: CLI-04, ATTACK-30
  test(`${JSON.stringify(url)} gets nothing of it`, async () => {
    const { world, session } = open({ origins: [API] });
    await world.run(session.fetch(url).catch(() => {}));
    const [request] = world.server.log;
    assert.deepEqual(sessionHeaders(request), [null, null]);
    assert.deepEqual(request.cookies, {});
    assert.equal(request.credentials, 'same-origin');
  });

for (const url of ['https://app.example.com@evil.example/x', 'https://user:secret@app.example.com/x'])
  // requirement: CLI-04, ATTACK-30
  test(`${url} is refused as fetch refuses it`, async () => {
    const { world, session } = open();
    await assert.rejects(world.run(session.fetch(url)), TypeError);
    assert.equal(world.server.log.length, 0);
  });

test('a request to an unlisted origin does not wait for a refresh', async () => {
  const world = new World();
  world.server.signIn();
  const { session } = world.join({ visible: false });
  await world.pass(240_000);
  await world.run(session.fetch('https://evil.example/x'));
  assert.equal(world.server.refreshes, 0);
});

test('a request to an unlisted origin passes exactly as it was made', async () => {
  const { world, session } = open();
  const init = { method: 'POST', body: 'hello', headers: { 'X-Mine': '1' }, credentials: 'omit', mode: 'cors' };
  await world.run(session.fetch('https://evil.example/x', init));
  const [{ method, body, headers, credentials, mode }] = world.server.log;
  assert.deepEqual([method, body, headers.get('X-Mine'), credentials, mode], ['POST', 'hello', '1', 'omit', 'cors']);
});

test('a 401 of an unlisted origin is its own affair', async () => {
  const { world, session } = open();
  await world.run(session.fetch('https://evil.example/api/me'));
  assert.equal(world.server.refreshes, 0);
});

test('a listed origin gets the session, and cookies of its own', async () => {
  const { world, session, sid } = open({ origins: [`${API}/`] });
  await world.run(session.fetch(`${API}/x`));
  const [request] = world.server.log;
  assert.equal(request.headers.get('Pawl-Session'), sid);
  assert.equal(request.credentials, 'include');
});

test('the caller can still leave credentials out', async () => {
  const { world, session } = open({ origins: [API] });
  await world.run(session.fetch(`${API}/x`, { credentials: 'omit' }));
  assert.equal(world.server.log[0].credentials, 'omit');
});

for (const origin of ['*', 'api.example.com', 'null', ''])
  // requirement: CLI-04
  test(`an origin given as ${JSON.stringify(origin)} is an error at once, not a hole`, () => {
    const world = new World();
    assert.throws(() => world.open().pawl.createSession('/auth', { origins: [origin] }), TypeError);
  });

// requirement: CLI-04, ATTACK-30
test('a redirect to another origin is an error: nothing goes along', async () => {
  const { world, session } = open();
  world.server.route('/away', () => new Response(null, { status: 307, headers: { Location: 'https://evil.example/x' } }));
  await assert.rejects(world.run(session.fetch('/away')), TypeError);
  assert.equal(world.server.to('/x').length, 0);
});

test('a redirect within the origin is followed', async () => {
  const { world, session } = open();
  world.server.route('/moved', () => new Response(null, { status: 307, headers: { Location: '/x' } }));
  assert.equal((await world.run(session.fetch('/moved'))).status, 200);
});

// requirement: CLI-04, ATTACK-30
test('a redirect from a listed origin does not take the bearer token along', async () => {
  const { world, session } = open({ transport: 'bearer', origins: [API] }, { bearer: true });
  world.server.route('/away', () => new Response(null, { status: 307, headers: { Location: 'https://evil.example/x' } }));
  await world.run(session.fetch(`${API}/away`));
  const [first] = world.server.to('/away');
  assert.match(first.headers.get('Authorization'), /^Bearer ada/);
  assert.deepEqual(sessionHeaders(world.server.to('/x')[0]), [null, null]);
});
