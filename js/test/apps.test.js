// Two apps below two paths of one origin. Their pages share a cookie jar, the locks and the channels.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COOKIE_NAME } from '../src/name.js';
import { createSession } from '../src/pawl.js';
import { Server } from './fakes/server.js';
import { World } from './fakes/world.js';

const HOST = 'app.example.com';

const open = (options) => {
  const world = new World({ name: 'shop', root: '/shop' });
  const shop = world.server;
  const blog = new Server(world, { name: 'blog', root: '/blog' });
  const network = shop.network.bind(shop);
  shop.network = (tab, request, reply) =>
    new URL(request.url).pathname.startsWith('/blog/') ? blog.network(tab, request, reply) : network(tab, request, reply);
  const join = (name) => world.join({ base: `/${name}/auth`, options: { cookieName: name }, ...options });
  return { world, shop, blog, join };
};

const cookies = (world, name) => Object.keys(world.jar.get(HOST)).filter((one) => one.includes(`-${name}-`));

test('each app refreshes its own session', async () => {
  const { world, shop, blog, join } = open();
  const [ada, bob] = [shop.signIn('ada'), blog.signIn('bob')];
  const [inShop, inBlog] = [join('shop'), join('blog')];
  assert.deepEqual([inShop.session.state.sid, inBlog.session.state.sid], [ada, bob]);
  await world.pass(240_000);
  const answers = await world.run(Promise.all([inShop.session.fetch('/shop/api/me'), inBlog.session.fetch('/blog/api/me')]));
  assert.deepEqual(await Promise.all(answers.map(async (one) => (await one.json()).user)), ['ada', 'bob']);
  assert.deepEqual([shop.refreshes, blog.refreshes], [1, 1]);
  assert.deepEqual([inShop.heard, inBlog.heard], [['refreshed'], ['refreshed']]);
});

test('a refresh of one app does not wait for that of the other, and a sign-in does not abort it', async () => {
  const { world, shop, blog, join } = open({ visible: false });
  shop.signIn('ada');
  const [inShop, inBlog] = [join('shop'), join('blog')];
  await world.pass(240_000);
  world.latency = 2_000;
  const [refresh, signIn] = [world.watch(inShop.session.ready()), inBlog.session.signIn('login', { email: 'bob', password: 'hunter2' })];
  await world.run(signIn);
  assert.equal((await world.run(refresh)).took, 4_000);
  assert.deepEqual([shop.refreshes, blog.to('/auth/login').length], [1, 1]);
  assert.deepEqual([inShop.session.state.status, inBlog.session.state.status], ['signed-in', 'signed-in']);
});

for (const without of [[], ['cookieStore']])
  // requirement: CLI-03
  test(`a sign-out of one app, also offline, leaves the other signed in${without.length ? ', without cookieStore' : ''}`, async () => {
    const { world, shop, blog, join } = open({ without });
    shop.signIn('ada');
    blog.signIn('bob');
    const [inShop, inBlog, another] = [join('shop'), join('blog'), join('shop')];
    world.online = false;
    const done = inShop.session.signOut();
    await world.pass(1_000);
    assert.deepEqual([inShop.heard, another.heard, inBlog.heard], [['signedout signed_out'], ['signedout'], []]);
    assert.ok(cookies(world, 'shop').includes('__Host-shop-signout'));
    world.online = true;
    for (const tab of world.tabs) tab.emit('online');
    await world.run(done);
    await world.pass(20_000);
    assert.deepEqual([shop.to('/auth/logout').length, blog.to('/auth/logout').length], [1, 0]);
    assert.deepEqual([cookies(world, 'shop'), cookies(world, 'blog').length], [[], 5]);
    assert.equal((await world.run(inBlog.session.fetch('/blog/api/me'))).status, 200);
  });

test('a page of its own server takes the name from there', () => {
  // The server writes this file.
  assert.equal(COOKIE_NAME, 'pawl');
  assert.equal(createSession('/auth').state.status, 'signed-out');
});

for (const cookieName of ['', '__Host-shop', 'Shop', 'shOp', 'shop.one', 'shop=', 'http', '-shop', 'a'.repeat(33)])
  test(`${JSON.stringify(cookieName)} is refused as a name`, () => {
    assert.throws(() => createSession('/auth', { cookieName }), { name: 'TypeError', message: /^pawl: cookieName/ });
  });

for (const cookieName of ['shop', 'a', '1', 'shop-2_x', 'a'.repeat(32)])
  test(`${cookieName} is a name`, () => {
    assert.equal(createSession('/auth', { cookieName }).state.status, 'signed-out');
  });
