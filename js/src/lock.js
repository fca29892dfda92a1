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
   * @param {AbortSignal} [signal] ends the wait for the lock
   * @param {boolean} [steal] takes the lock from its holder, which need not be alive to let go
   * @returns {Promise<T>}
   */
  async (task, signal, steal) => {
    const thief = new AbortController();
    /** @type {Promise<T> | undefined} */
    let running;
    const run = () => (running ??= task(thief.signal));
    // Those that a dead holder keeps waiting take turns under a spare lock: one of them refreshes, and not each.
    for (const spare of ['', '*'])
      try {
        return await navigator.locks.request(name + spare, steal ? { steal } : { signal: timeout(LOCK_TIMEOUT, signal) }, run);
      } catch {
        if (running) {
          thief.abort();
          break;
        }
      }
    return run();
  };
