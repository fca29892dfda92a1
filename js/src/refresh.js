// One refresh for everybody who needs one, repeated until it succeeds, is refused for good, or patience ends.
//
// Only a 401 with one of two codes means that the session is over. A firewall's 403, a 429, a 5xx, a captive portal's page or
// no answer at all mean nothing of the kind: those are waited out.

import { answerOf } from './answer.js';
import { PawlError } from './errors.js';
import { CALL_TIMEOUT, FIRST_PAUSE, LONGEST_PAUSE, REFRESH_TIMEOUT, retryAfter, timeout } from './timeout.js';

/**
 * @param {ReturnType<typeof import('./lock.js').createLock>} lock
 * @param {import('./pawl.js').Post} post
 * @param {import('./state.js').Known} known
 * @param {(degraded?: boolean) => void} publish
 */
export const createRefresh = (lock, post, [look, adopt, bury], publish) => {
  /** @type {Promise<void> | undefined} */
  let flight;
  /** @type {AbortController | undefined} */
  let quit;
  let rouse = () => {};
  // These outlive a flight: a new one is no reason to press.
  let failures = 0; // in a row
  let pausedUntil = 0; // Backoff; news ends it early.
  let refusedUntil = 0; // Retry-After; only success ends it early.

  const now = () => performance.now();

  /**
   * @param {string} [stale]
   * @returns {Promise<void>}
   */
  const fly = async (stale) => {
    const cancelled = (quit = new AbortController()).signal;
    const signal = timeout(REFRESH_TIMEOUT, cancelled);
    const sid = look()?.sid ?? '';
    let named = sid;

    const settled = () => {
      const seen = look();
      return signal.aborted || seen?.sid != sid || (seen.fresh && seen.generation != stale);
    };

    /**
     * @param {AbortSignal} stolen
     * @returns {Promise<unknown>} whether that is the end of it
     */
    const attempt = async (stolen) => {
      // The cookies are read again now that the lock is ours: whoever held it before has most likely done the work.
      if (settled()) return true;
      // A sign-in begins: the browser drops the cookies of an aborted response, so they cannot overwrite the new session's.
      stolen.addEventListener('abort', cancel);
      const response = await post('refresh', named, {}, { signal: timeout(CALL_TIMEOUT, signal) }).catch(() => {});
      const answer = await answerOf(response);
      // Too late: this browser has signed out or in since, or nobody waits any more.
      if (signal.aborted) return true;

      const done = response?.ok && answer.sid;
      const over = response?.status == 401 && /^(session_ended|refresh_token_invalid)$/.test(answer.code);
      if (done) adopt(answer);
      else if (over) bury(sid, answer.reason ?? answer.code);
      else if (named && answer.code == 'session_switched') {
        // The readable cookies are those of an earlier session, or not there yet. The server knows the session of the others.
        named = '';
        return attempt(stolen);
      } else {
        // Full jitter: those who failed together must not come back together.
        pausedUntil = now() + Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++);
        refusedUntil = now() + retryAfter(response);
      }
      return done || over;
    };

    while (!settled()) {
      const pause = Math.max(pausedUntil, refusedUntil) - now();
      if (pause > 0) await new Promise((resolve) => timeout(pause, signal).addEventListener('abort', (rouse = /** @type {() => void} */ (resolve))));
      else if (await lock(attempt, signal)) break;
      else publish(true); // Here and not above, because the lock is free again.
    }
    // Whoever still waits does so for the session that there is by now.
    if (cancelled.aborted) return fly(stale);
    if (signal.aborted) throw new PawlError('refresh_unavailable');
  };

  /**
   * Settles when there is nothing left to wait for, and the session is to be looked at again. Rejects only with
   * `refresh_unavailable`.
   * @param {string} [stale] the generation to replace, however fresh it looks
   */
  const refresh = (stale) =>
    (flight ??= fly(stale).finally(() => {
      flight = undefined;
      publish();
    }));

  /**
   * Something has changed: look, and try, again.
   * @param {boolean} [recovered] there is a new access token
   * @returns the refresh under way, if there is one
   */
  const wake = (recovered) => {
    pausedUntil = 0;
    if (recovered) failures = refusedUntil = 0;
    rouse();
    return flight;
  };

  /** The session is about to change: whatever the refresh under way is answered will be out of date. */
  const cancel = () => quit?.abort();

  return /** @type {const} */ ([refresh, wake, cancel]);
};
