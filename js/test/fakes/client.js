// The client's source, run once for each tab with that tab's globals. The modules are compiled as functions that take their
// globals and imports as arguments. Each keeps its file name and its offsets, so the coverage counts the source itself.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';

/** Compiled modules, by file. Every tab has the same names of globals. */
const modules = new Map();

const blank = (text) => text.replace(/[^\n]/g, ' ');

/** @param {string} file @param {string[]} globals */
const compile = (file, globals) => {
  const path = fileURLToPath(new URL(`../../src/${file}`, import.meta.url));
  const imports = [];
  const exports = [];
  const code = readFileSync(path, 'utf8')
    .replace(/^import \{ (.+) \} from '\.\/(.+)';$/gm, (line, names, from) => {
      imports.push({ names: names.split(', '), file: from });
      return blank(line);
    })
    .replace(/^export \{ (.+) \};$/gm, (line, names) => {
      exports.push(...names.split(', '));
      return blank(line);
    })
    .replace(/^export (?=(?:const|class) (\w+))/gm, (keyword, name) => {
      exports.push(name);
      return blank(keyword);
    });
  const names = [...globals, ...imports.flatMap((one) => one.names)];
  const run = compileFunction(`${code}\nreturn { ${exports.join(', ')} };`, names, { filename: path });
  return { run, imports };
};

/**
 * The exports of `pawl.js`, made anew.
 * @param {Record<string, unknown>} globals what the source sees as globals
 */
export const load = (globals) => {
  const loaded = new Map();
  const exportsOf = (file) => {
    if (!loaded.has(file)) {
      if (!modules.has(file)) modules.set(file, compile(file, Object.keys(globals)));
      const { run, imports } = modules.get(file);
      const values = imports.flatMap((one) => one.names.map((name) => exportsOf(one.file)[name]));
      loaded.set(file, run(...Object.values(globals), ...values));
    }
    return loaded.get(file);
  };
  return exportsOf('pawl.js');
};
