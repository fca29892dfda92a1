// What happens to the session, newest first, and the refresh calls of this tab.

import { $, make } from './dom.js';

const MOST = 40;

/**
 * @param {string} what
 * @param {string} [detail]
 */
export const note = (what, detail = '') => {
  const time = make('time', {}, new Date().toLocaleTimeString([], { hour12: false }));
  const entry = make('li', {}, time, ' ', make('strong', {}, what), ' ', make('span', {}, detail));
  const log = $('log');
  log.prepend(entry);
  while (log.children.length > MOST) log.lastChild.remove();
  return entry;
};

/** Durations of the refresh calls that this tab has made, in milliseconds. */
export const calls = [];

new PerformanceObserver((list) => {
  for (const { name, duration } of list.getEntries()) if (name.endsWith('/auth/refresh')) calls.push(duration);
}).observe({ type: 'resource', buffered: true });

/** The browser reports a call a moment after its answer. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 120));

let told = 0;

/** Tells of a refresh, and who made it. */
export const noteRefresh = async () => {
  const entry = note('refreshed');
  await settled();
  entry.lastChild.textContent = calls.length > told ? `by this tab, ${Math.round(calls.at(-1))} ms` : 'by another tab';
  told = calls.length;
};
