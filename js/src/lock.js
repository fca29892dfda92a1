// One refresh at a time over all tabs. The lock saves requests; that a race signs nobody out is the server's promise. So a
// holder that is frozen, or a browser without locks, costs three seconds at most and never a session: wait, then go on.

import { LOCK_TIMEOUT, timeout } from './timeout.js';

/** @param {string} name */
export const createLock =
  (name) =>
  /**
   * Runs the task once, under the lock if that can be had in time. The outcome is the task's.
   * @template T
   * @param {() => Promise<T>} task
   * @param {AbortSignal} [signal] ends the wait for the lock
   * @returns {Promise<T>}
   */
  async (task, signal) => {
    /** @type {Promise<T> | undefined} */
    let running;
    const run = () => (running ??= task());
    try {
      return await navigator.locks.request(name, { signal: timeout(LOCK_TIMEOUT, signal) }, run);
    } catch {
      return run();
    }
  };
