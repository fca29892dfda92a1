// One refresh at a time over all tabs. The lock saves requests; that a race signs nobody out is the server's promise. So a
// holder that is frozen, or a browser without locks, costs a moment and never a session: wait, then go on.

import { LOCK_TIMEOUT, timeout } from './timeout.js';

/** @param {string} name */
export const createLock =
  (name) =>
  /**
   * Runs the task once, under the lock if that can be had in time. The outcome is the task's.
   * @template T
   * @param {(stolen: AbortSignal) => Promise<T>} task is told when the lock is taken from it
   * @param {AbortSignal | true} [how] a signal that ends the wait for the lock. With true the lock is taken from its holder
   * @returns {Promise<T>}
   */
  async (task, how) => {
    const thief = new AbortController();
    /** @type {Promise<T> | undefined} */
    let running;
    const run = () => (running ??= task(thief.signal));
    // Tabs that wait for a dead holder take turns under a spare lock, so that one of them refreshes, and not each.
    for (const spare of ['', '*'])
      try {
        return await navigator.locks.request(name + spare, how == true ? { steal: true } : { signal: timeout(LOCK_TIMEOUT, how) }, run);
      } catch {
        if (running) {
          thief.abort();
          break;
        }
      }
    return run();
  };
