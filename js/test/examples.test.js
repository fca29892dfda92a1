// The declarations are the manual that editors show: each member is described, and each example compiles.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createSession } from '../src/pawl.js';

const js = fileURLToPath(new URL('../', import.meta.url));
const declarations = {
  pawl: await readFile(join(js, 'types/pawl.d.ts'), 'utf8'),
  axios: await readFile(join(js, 'types/axios.d.ts'), 'utf8'),
};

/** The examples of a text: each runs to the next tag or the end of its comment. */
const examplesIn = (text) => [...text.matchAll(/^ *\* @example\n([^]*?)^ *\*\/$/gm)].map(([, code]) => code.replace(/^ *\* ?/gm, ''));

/** What most examples leave out. */
const complete = (code) => {
  const given = code.includes('import ') ? [] : ["import { createSession } from 'pawl';", 'const session = createSession();'];
  return [...given, code, 'export {};', ''].join('\n');
};

test('each example of the declarations compiles', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pawl-examples-'));
  try {
    const examples = Object.values(declarations).flatMap(examplesIn);
    assert.ok(examples.length >= 12);
    await Promise.all(examples.map((code, i) => writeFile(join(folder, `example${i}.ts`), complete(code))));
    const paths = {
      pawl: [join(js, 'types/pawl.d.ts')],
      'pawl/axios': [join(js, 'types/axios.d.ts')],
      axios: [join(js, 'node_modules/axios/index.d.ts')],
    };
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      skipLibCheck: true,
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      paths,
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    const tsc = [join(js, 'node_modules/typescript/bin/tsc'), '-p', folder];
    await promisify(execFile)(process.execPath, tsc, { cwd: js }).catch(({ stdout, stderr }) =>
      assert.fail(`${stdout}${stderr}\n${examples.map((code, i) => `example${i}.ts\n${complete(code)}`).join('\n')}`),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('each member of a session has an example', () => {
  for (const name of [...Object.keys(createSession()), 'transport', 'origins'])
    assert.match(declarations.pawl, new RegExp(`@example\\n(?:   \\* .*\\n)+   \\*/\\n  (?:readonly )?${name}\\??:`), name);
});

test('each declaration is described', () => {
  for (const text of Object.values(declarations))
    for (const [, above, line] of text.matchAll(/(.*)\n(export .+|  (?:readonly )?\w+\??: .+)$/gm))
      assert.ok(above.endsWith('*/') || line.startsWith('  name:'), line);
});
