// node page.mjs PAGE: writes the module that a page of the others loads, pages/PAGE.js. Its `start(name)` gives the page what the scenarios ask of it.

import { bundle } from './clients.mjs';

process.stdout.write(await bundle(`export * from './pages/${process.argv[2]}.js'`));
