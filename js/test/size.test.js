import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

// 160 bytes are for browsers that refresh by themselves with a key of the device.
// 90 bytes are for the names of the cookies: each session has its own, since a page may be of two apps.
// Parts are wired by objects with plain names, which bundlers do not shorten; tuples would save about 150 bytes.

/** What a bundler makes of it, in bytes on the wire. */
const size = async (entry) => {
  const { outputFiles } = await build({
    entryPoints: [new URL(`../src/${entry}`, import.meta.url).pathname],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
};

for (const [entry, budget] of Object.entries({ 'pawl.js': 4_450, 'axios.js': 500 }))
  test(`${entry} is at most ${budget} bytes, minified and compressed`, async (t) => {
    const bytes = await size(entry);
    t.diagnostic(`${entry}: ${bytes} bytes`);
    assert.ok(bytes <= budget, `${bytes} bytes`);
  });
