// Fifty requests at once, to see how many refreshes they cost.

import { $, make, onClick } from './dom.js';
import { ask } from './server.js';
import { calls, note, settled } from './log.js';
import { lapse } from './token.js';

const COUNT = 50;

const dots = Array.from({ length: COUNT }, () => make('i'));
$('dots').append(...dots);

onClick($('burst'), async () => {
  for (const dot of dots) dot.className = '';
  if ($('burst-due').checked) lapse();
  await settled();
  const before = calls.length;
  const started = performance.now();
  const answers = await Promise.all(
    dots.map(async (dot) => {
      const { ok } = await ask('/api/clock');
      dot.className = ok ? 'good' : 'bad';
      return ok;
    }),
  );
  const took = Math.round(performance.now() - started);
  await settled();
  const good = answers.filter(Boolean).length;
  const refreshes = calls.length - before;
  const result = `${good} answers, ${refreshes} ${refreshes == 1 ? 'refresh' : 'refreshes'}`;
  $('burst-result').textContent = `${result}, ${took} ms.`;
  note(`${COUNT} requests`, result);
});
