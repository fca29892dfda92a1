// The package as it is published, in the hands of those it is for: installed beside the frameworks of the README, whose examples are
// compiled, bundled and run.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';

const js = new URL('../', import.meta.url).pathname;
const manifest = JSON.parse(await readFile(join(js, 'package.json'), 'utf8'));
let folder;
let tarball;

// The coverage of other programs is not measured: it would take most of the time.
const env = { ...process.env };
delete env.NODE_V8_COVERAGE;

const run = async (directory, program, ...words) => {
  try {
    return (await promisify(execFile)(program, words, { cwd: directory, env, maxBuffer: 1 << 26 })).stdout;
  } catch ({ stdout, stderr }) {
    return assert.fail(`${program} ${words.join(' ')}\n${stdout}\n${stderr}`);
  }
};

/** The files of an example: of each, what to call it. */
const names = {
  React: 'react.jsx',
  Vue: 'vue.js',
  axios: 'axios.js',
  'TanStack Query': 'tanstack.js',
  'SignalR, WebSocket, EventSource': 'signalr.js',
  Use: 'plain.js',
};

const writeExamples = async () => {
  const readme = await readFile(join(js, 'README.md'), 'utf8');
  await mkdir(join(folder, 'examples'));
  for (const [, heading, text] of readme.matchAll(/^##+ (.+)\n([^]*?)(?=^##|$(?![^]))/gm))
    for (const [, , code] of text.matchAll(/```(js|jsx|ts|html)\n([^]*?)```/g)) {
      const name = /^\/\/ (\S+)\n/.exec(code)?.[1] ?? names[heading];
      assert.ok(name, `an example below ${heading} has no name`);
      await writeFile(
        join(folder, 'examples', name),
        code.replace(/^<script type="module">|<\/script>$/gm, '') + (name === 'plain.js' ? '\nexport {};\n' : ''),
      );
    }
  assert.deepEqual(
    (await readdir(join(folder, 'examples'))).toSorted(),
    [...Object.values(names), 'session.js', 'pawl.interceptor.ts', 'app.config.ts'].toSorted(),
  );
};

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-consumer-'));
  const [{ filename }] = JSON.parse(await run(js, 'npm', 'pack', '--json', '--silent', '--pack-destination', folder));
  tarball = join(folder, filename);
  await cp(join(js, 'consumer'), folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
  await run(folder, 'npm', 'ci', '--no-audit', '--no-fund');
  await run(folder, 'npm', 'install', '--no-save', '--no-audit', '--no-fund', tarball);
  await writeExamples();
});

after(() => rm(folder, { recursive: true }));

test('it holds what runs, its types, its manual and its licence, and nothing else', async () => {
  const files = (await run(folder, 'tar', '-tf', tarball)).trim().split('\n').map((path) => path.replace('package/', ''));
  assert.deepEqual(
    files.filter((path) => !/^src\/\w+\.js$/.test(path)).toSorted(),
    ['LICENSE', 'README.md', 'package.json', 'types/axios.d.ts', 'types/pawl.d.ts'],
  );
  const exported = Object.values(manifest.exports).flatMap((entry) => Object.values(typeof entry === 'string' ? [entry] : entry));
  for (const path of exported) assert.ok(files.includes(path.slice(2)), path);
});

test('it needs nothing at run time', () => assert.equal(manifest.dependencies, undefined));

test('for jsr it is the same', async () => {
  const { version, license, exports } = JSON.parse(await readFile(join(js, 'jsr.json'), 'utf8'));
  assert.deepEqual([version, license], [manifest.version, manifest.license]);
  for (const [name, path] of Object.entries(exports)) assert.equal(path, manifest.exports[name].default);
  assert.deepEqual(Object.keys(exports), Object.keys(manifest.exports).filter((name) => name !== './package.json'));
});

test('publint finds nothing', async () => assert.match(await run(js, 'npx', 'publint', 'run', tarball, '--strict'), /All good/));

test('its types are what they seem', async () => {
  const { analysis } = JSON.parse(await run(js, 'npx', 'attw', tarball, '--profile', 'esm-only', '--format', 'json'));
  const { '.': main, './axios': axios } = analysis.entrypoints;
  for (const { resolutions } of [main, axios])
    for (const kind of ['node16-esm', 'bundler']) {
      assert.match(resolutions[kind].resolution.fileName, /^\/node_modules\/pawl\/types\/\w+\.d\.ts$/);
      assert.deepEqual(resolutions[kind].visibleProblems, []);
    }
});

test('TypeScript takes what is promised, and refuses what is not', () => run(folder, 'npx', 'tsc', '-p', '.'));

test('Vite bundles every example, and without axios nothing of its adapter', async () => {
  const bundle = async (input) => {
    const out = join(folder, 'dist', input.replace(/\W/g, '-'));
    const rollupOptions = { input: join(folder, input), preserveEntrySignatures: 'strict' };
    const options = { outDir: out, minify: false, modulePreload: false, rollupOptions };
    const config = { root: folder, configFile: false, logLevel: 'warn', build: options };
    const program = `import { build } from 'vite'; await build(${JSON.stringify(config)});`;
    const said = await run(folder, 'node', '--input-type=module', '-e', program);
    assert.equal(said, '');
    const files = await readdir(join(out, 'assets'));
    return (await Promise.all(files.map((file) => readFile(join(out, 'assets', file), 'utf8')))).join('\n');
  };
  const alone = await bundle('examples/session.js');
  assert.match(alone, /Pawl-Session/);
  assert.doesNotMatch(alone, /axios/i);
  for (const name of ['react.jsx', 'vue.js', 'axios.js', 'tanstack.js', 'signalr.js', 'app.config.ts'])
    assert.match(await bundle(`examples/${name}`), /Pawl-Session/);
});

test('every example runs', async () => {
  const config = {
    root: folder,
    configFile: false,
    logLevel: 'warn',
    esbuild: { jsx: 'automatic' },
    ssr: { noExternal: ['pawl'] },
    build: { ssr: join(folder, 'run.ts'), outDir: join(folder, 'run') },
  };
  await run(folder, 'node', '--input-type=module', '-e', `import { build } from 'vite'; await build(${JSON.stringify(config)});`);
  const said = await run(folder, 'node', 'run/run.js');
  assert.deepEqual(
    said.split('\n').filter((line) => line.startsWith('ran: ')),
    ['react', 'vue', 'angular', 'axios', 'TanStack Query', 'SignalR'].map((name) => `ran: ${name}`),
  );
});
