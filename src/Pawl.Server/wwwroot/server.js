// The session of this browser, and asking the server in its name.

import { createSession } from '/auth/client/pawl.js';
import { $ } from './dom.js';

export const session = createSession();

const PING = 2_000;
let missed = false;

const show = () => {
  const banner = $('away');
  banner.hidden = !missed && !session.state.degraded;
  banner.textContent = banner.hidden
    ? ''
    : session.state.sid
      ? 'The server does not answer. You stay signed in, and what you do waits until it is back.'
      : 'The server does not answer.';
};

const miss = () => {
  if (!missed) setTimeout(ping, PING);
  missed = true;
  show();
};

const ping = async () => {
  missed = false;
  const response = await fetch('/health').catch(() => {});
  if (response?.ok) show();
  else miss();
};

session.on('change', show);

/**
 * Makes a call and reads its JSON. Whatever goes wrong is an answer as well, with a `title` for people.
 * @param {() => Promise<Response>} call
 */
export const answer = async (call) => {
  try {
    const response = await call();
    if (response.status >= 502) miss();
    const wait = response.status == 429 ? ` (${response.headers.get('Retry-After')} s)` : '';
    const { title = response.statusText, ...rest } = (await response.json().catch(() => {})) ?? {};
    return { ok: response.ok, title: title + wait, ...rest };
  } catch (error) {
    const switched = error.code == 'session_switched';
    if (!switched) miss();
    return { ok: false, title: switched ? 'This browser is in another session by now.' : 'The server does not answer. Try again in a moment.' };
  }
};

/**
 * Asks in the name of the session.
 * @param {string} url
 * @param {RequestInit} [init]
 */
export const ask = (url, init) => answer(() => session.fetch(url, init));

/**
 * @param {string} url
 * @param {unknown} body
 * @returns {[string, RequestInit]} what to fetch
 */
export const json = (url, body) => [url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }];
