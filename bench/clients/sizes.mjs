// node bench/clients/sizes.mjs [--write]: what each client weighs, bundled and minified by esbuild and compressed by gzip. With --write into bench/clients/RESULTS.md.

import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { bundle, clients, root, versionOf } from './clients.mjs';

const rows = [];
for (const { name, code, external } of clients) {
  const minified = await bundle(code, { external });
  rows.push({ name, version: versionOf(name), minified: minified.length, compressed: gzipSync(minified, { level: 9 }).length });
}
const count = (n) => n.toLocaleString('en');
const table = [
  '| Client | Version | Minified | and compressed |',
  '|---|---|--:|--:|',
  ...rows.map(({ name, version, minified, compressed }) => `| ${name} | ${version} | ${count(minified)} | ${count(compressed)} |`),
].join('\n');
console.log(table);

if (process.argv.includes('--write')) {
  const path = `${root}bench/clients/RESULTS.md`;
  const [begin, end] = ['<!-- begin: written by bench/clients/sizes.mjs -->', '<!-- end: sizes -->'];
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, `${text.slice(0, text.indexOf(begin) + begin.length)}\n${table}\n${text.slice(text.indexOf(end))}`);
}
