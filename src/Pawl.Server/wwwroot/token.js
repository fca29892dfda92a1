// The access token's life, as a wheel of sixty teeth that loses one after the other and is wound up by each refresh.

import { COOKIE_NAME } from '/auth/client/name.js';
import { $, minutes, onClick } from './dom.js';
import { ask, session } from './server.js';
import { note } from './log.js';

const TEETH = 60;
const FRESH = `__Host-${COOKIE_NAME}-fresh`;
const SVG = 'http://www.w3.org/2000/svg';

const [time, total] = $('ring').querySelectorAll('text');
const teeth = Array.from({ length: TEETH }, (_, i) => {
  const tooth = document.createElementNS(SVG, 'path');
  tooth.setAttribute('d', 'M-1.5-44 1.9-44 .6-55-.9-55Z');
  tooth.setAttribute('transform', `rotate(${(i * 360) / TEETH})`);
  return tooth;
});
$('ring').querySelector('g').append(...teeth);

/** On the monotonic clock, from the server's seconds: the device's own may be wrong. */
let endsAt = 0;
let lifetime = 0;

const isFresh = () => document.cookie.includes(`${FRESH}=`);

export const draw = () => {
  const left = Math.max(0, (endsAt - performance.now()) / 1_000);
  const fresh = isFresh();
  const whole = Math.ceil((TEETH * left) / (lifetime || 1));
  teeth.forEach((tooth, i) => tooth.setAttribute('class', i >= whole ? '' : fresh ? 'fresh' : 'due'));
  time.textContent = minutes(left);
  total.textContent = lifetime ? `of ${minutes(lifetime)}` : '';
  const state = fresh ? 'Fresh, and renewed ahead of need.' : 'A refresh is due: the next request does it first.';
  if ($('token-state').textContent != state) $('token-state').textContent = state;
};

/** @param {{ expires_in: number, lifetime: number }} token */
export const wind = (token) => {
  endsAt = performance.now() + token.expires_in * 1_000;
  lifetime = token.lifetime;
  draw();
};

/** Does what the browser will do by itself when the time is up. */
export const lapse = () => {
  document.cookie = `${FRESH}=; Path=/; Secure; SameSite=Strict; Max-Age=0`;
  draw();
};

setInterval(() => document.hidden || !session.state.sid || draw(), 250);
$('lapse').addEventListener('click', () => {
  lapse();
  note('timer removed', 'a refresh is due');
});
onClick($('once'), async () => {
  const started = performance.now();
  const { ok, title } = await ask('/api/clock');
  note('request', ok ? `answered in ${Math.round(performance.now() - started)} ms` : title);
});
