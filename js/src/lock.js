// One refresh at a time over all tabs. The lock only saves requests; the server promises that a race signs no user out. So a
// holder that is frozen, or a browser without locks, costs a moment and never a session: wait, then go on.

import { LOCK_TIMEOUT, timeout } from './timeout.js';

/** @typedef {ReturnType<typeof createLock>} Lock */

/** @param {string} name */
export const createLock =
  (name) =>
  /**
   * Runs the task once, under the lock if that can be had in time. The outcome is the task's.
   * @template T
   * @param {(stolen: AbortSignal) => Promise<T>} task the signal fires when another tab takes the lock away
   * @param {{ steal?: boolean, signal?: AbortSignal }} [options] `steal`: takes the lock from its holder. `signal`: ends the wait
   * @returns {Promise<T>}
   */
  async (task, { steal, signal } = {}) => {
    const stolen = new AbortController();
    /** @type {Promise<T> | undefined} */
    let running;
    const run = () => (running ??= task(stolen.signal));
    // Tabs that wait for a dead holder take turns under a spare lock, so that they do not all refresh at once.
    for (const suffix of ['', '*'])
      try {
        return await navigator.locks.request(name + suffix, steal ? { steal } : { signal: timeout(LOCK_TIMEOUT, signal) }, run);
      } catch {
        if (running) {
          stolen.abort();
          break;
        }
      }
    return run();
  };
