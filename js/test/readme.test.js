import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { transform } from 'esbuild';
import * as axiosAdapter from '../src/axios.js';
import * as pawl from '../src/pawl.js';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const snippets = [...readme.matchAll(/```(js|jsx|ts|html)\n([^]*?)```/g)].map(([, loader, code]) => ({
  loader: loader === 'html' ? 'js' : loader,
  code: code.replace(/^<script type="module">|<\/script>$/gm, ''),
}));

test('every example is a module that can be read', async () => {
  assert.ok(snippets.length >= 9);
  for (const { code, loader } of snippets) await transform(code, { loader, format: 'esm' });
});

test('examples use what there is', () => {
  const session = pawl.createSession();
  for (const { code } of snippets) {
    for (const [, name] of code.matchAll(/\bsession\.(\w+)/g)) if (name !== 'js') assert.ok(name in session, `session.${name}`);
    for (const [, names, from] of code.matchAll(/import \{ (.+) \} from '(pawl|pawl\/axios|\/auth\/client\/pawl\.js)'/g))
      for (const name of names.split(', ')) assert.ok(name in (from === 'pawl/axios' ? axiosAdapter : pawl), name);
  }
});

test('every member of a session is in the table', () => {
  for (const name of Object.keys(pawl.createSession())) assert.match(readme, new RegExp(`\\| \`${name}[(\`]`));
});
