// Where the user is signed in. What a device calls itself is anybody's text.

import { $, make, onClick } from './dom.js';
import { ask, session } from './server.js';
import { note } from './log.js';

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** @param {number} seconds ago, by the server's clock */
const ago = (seconds) => {
  for (const [unit, size] of /** @type {const} */ ([['day', 86_400], ['hour', 3_600], ['minute', 60]]))
    if (seconds >= size) return words.format(-Math.floor(seconds / size), unit);
  return 'just now';
};

/** A guess for people; the whole text is the tooltip. */
const nameOf = (agent) => {
  const find = (...names) => names.find((name) => agent.includes(name));
  const browser = find('Edg', 'OPR', 'Firefox', 'Chrome', 'Safari', 'curl');
  const system = find('Android', 'iPhone', 'iPad', 'Windows', 'Mac OS', 'Linux');
  const called = { Edg: 'Edge', OPR: 'Opera' }[browser] ?? browser;
  return called && agent.includes('/') ? [called, system].filter(Boolean).join(' on ') : agent || 'Unnamed device';
};

const describe = ({ sid, current, device, bound, created_at, last_seen_at }, now) => {
  const name = make('strong', { title: device ?? '' }, nameOf(device ?? ''));
  const since = `signed in ${ago(now - created_at)}, last refresh ${ago(now - last_seen_at)}`;
  const when = make('span', {}, bound ? `${since}, bound to a key of the device` : since);
  const button = make('button', { type: 'button', 'aria-label': `Sign out ${name.textContent}${current ? ', this device' : ''}` }, 'Sign out');
  onClick(button, async () => {
    if (current) return session.signOut();
    const { ok, title } = await ask(`/auth/sessions/${sid}`, { method: 'DELETE' });
    note('signed out a device', ok ? name.textContent : title);
    await list();
  });
  return make('li', {}, make('div', {}, name, current ? make('em', {}, 'this device') : '', when), button);
};

/** Asks for a page of the list; undefined if another user's or nobody's page is shown by now. */
const read = async (query = '') => {
  const { sid } = session.state;
  const page = await ask(`/auth/sessions${query}`);
  return sid && sid == session.state.sid ? page : undefined;
};

/** The rows of a page, and below them a button that asks for the next page. */
const rows = ({ sessions, now, next, title }) => {
  if (!sessions) return [make('li', {}, title)];
  const all = sessions.map((one) => describe(one, now));
  if (!next) return all;
  const button = make('button', { type: 'button' }, 'Show more devices');
  const more = make('li', { class: 'more' }, button);
  onClick(button, async () => {
    const page = await read(`?cursor=${encodeURIComponent(next)}`);
    if (page && more.isConnected) more.replaceWith(...rows(page));
  });
  return [...all, more];
};

/** Asks for the first page of the list and shows it. */
export const list = async () => {
  const page = await read();
  if (!page) return;
  $('devices').replaceChildren(...rows(page));
  $('sign-out-others').disabled = !page.sessions || page.sessions.length < 2;
};

onClick($('sign-out-others'), async () => {
  const done = await session.signOut({ scope: 'others' });
  note('signed out the others', done ? '' : 'the server did not answer');
  list(); // Not waited for: whether the button is of use now is for the list to say, and it has the last word.
});
onClick($('sign-out-everywhere'), () => session.signOut({ scope: 'everywhere' }));
onClick($('sign-out'), () => session.signOut());
