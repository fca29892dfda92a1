// A reporter for `node --test --experimental-test-coverage`. The run fails if no test reaches a line, branch or function of src.

import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src', import.meta.url));

/** What no test reaches in a file, each with its line. */
const unreached = ({ path, lines, branches, functions }) =>
  Object.entries({ line: lines, branch: branches, function: functions }).flatMap(([kind, all]) =>
    all
      .filter(({ count }) => !count)
      .map(({ line, name }) => `${relative('.', path)}:${line}: no test reaches this ${kind} ${name ?? ''}`.trimEnd()),
  );

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type === 'test:coverage') {
      const files = data.summary.files.filter(({ path }) => path.startsWith(folder + sep));
      const missing = files.length ? files.flatMap(unreached) : ['no file of src was measured'];
      if (missing.length) process.exitCode = 1;
      yield missing.length ? `${missing.join('\n')}\n` : `every line, branch and function of ${files.length} files is reached\n`;
    }
  }
}
