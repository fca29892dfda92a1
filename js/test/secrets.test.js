import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { test } from 'node:test';
import { API, World } from './fakes/world.js';

const folder = new URL('../src/', import.meta.url);
const files = await readdir(folder);
const sources = await Promise.all(files.map(async (name) => [name, await readFile(new URL(name, folder), 'utf8')]));
const code = (source) => source.replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, '');

// requirement: CLI-01, CLI-13
test('nothing is ever put into a storage, evaluated, or written into the page', () => {
  for (const [name, source] of sources) {
    assert.doesNotMatch(code(source), /localStorage|sessionStorage|indexedDB|caches\b/, name);
    assert.doesNotMatch(code(source), /\beval\b|Function\(|innerHTML|insertAdjacent|createElement|__proto__|prototype/, name);
  }
});

// requirement: CLI-08
test('no clock of the device is read, but to notice that it was stopped or set', () => {
  for (const [name, source] of sources) if (name !== 'sleep.js') assert.doesNotMatch(code(source), /\bDate\b/, name);
});

// requirement: CLI-12
test('no token is decoded', () => {
  for (const [name, source] of sources) assert.doesNotMatch(code(source), /atob|split\('\.'\)\[1\]|crypto/, name);
});

// requirement: CLI-13
test('modules name each other by file, so that any static file server will do', () => {
  for (const [name, source] of sources)
    for (const [, specifier] of code(source).matchAll(/from '([^']+)'/g)) assert.match(specifier, /^\.\/[a-z]+\.js$/, name);
});

test('each file is one idea: well under 250 lines', () => {
  for (const [name, source] of sources) assert.ok(source.split('\n').length < 250, name);
});

for (const bearer of [false, true])
  // requirement: CLI-01
  test(`nothing that scripts of the page can reach holds a token (${bearer ? 'bearer' : 'cookie'} transport)`, async () => {
    const world = new World({ bearer });
    const options = { transport: bearer ? 'bearer' : 'cookie', origins: [API] };
    const tab = world.join({ options, visible: false, without: ['cookieStore'] });
    await world.run(tab.session.signIn(undefined, { email: 'ada', password: 'hunter2' }));
    const first = world.server.token;
    await world.pass(240_000);
    await world.run(tab.session.ready());
    for (const token of [first, world.server.token]) {
      const reachable = JSON.stringify([tab.document.cookie, world.messages, tab.session, tab.session.state]);
      assert.ok(!reachable.includes(token));
    }
  });
