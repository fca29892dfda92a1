// One refresh for all who need one, repeated until it succeeds, is refused for good, or time is up.
//
// Only a 401 with one of two codes means that the session is over, and one without the key that the app demands, that the user has
// to sign in again. A firewall's 403, a 429, a 5xx, a captive portal's page or no response at all do not: those are waited out.
//
// A browser that has a key for the session refreshes by itself, before a request without the timer cookie. So such a request is
// all that is sent. If it changes nothing, the browser has lost the key.

import { answerOf } from './answer.js';
import { PawlError } from './errors.js';
import { CALL_TIMEOUT, FIRST_PAUSE, LONGEST_PAUSE, REFRESH_TIMEOUT, retryAfter, timeout } from './timeout.js';

/**
 * @param {import('./lock.js').Lock} lock
 * @param {import('./post.js').Post} post
 * @param {import('./state.js').Known} known
 * @param {(failing?: boolean) => void} publish
 */
export const createRefresh = (lock, post, known, publish) => {
  /** @type {Promise<void> | undefined} */
  let current;
  /** @type {AbortController | undefined} */
  let controller;
  /** @type {(event?: unknown) => void} */
  let endPause = () => {};
  // These survive across refreshes: a new refresh must not reset the backoff.
  let failures = 0; // in a row
  let pausedUntil = 0; // Backoff; news ends it early.
  let refusedUntil = 0; // Retry-After; only success ends it early.

  const now = () => performance.now();

  /** The session is about to change: the response to the refresh under way will be out of date. */
  const abort = () => controller?.abort();

  /**
   * @param {string} [stale]
   * @returns {Promise<void>}
   */
  const run = async (stale) => {
    const aborted = (controller = new AbortController()).signal;
    const signal = timeout(REFRESH_TIMEOUT, aborted);
    const sid = known.look()?.sid ?? '';
    let named = sid;

    const isSettled = () => {
      const seen = known.look();
      return signal.aborted || seen?.sid !== sid || (seen.fresh && seen.generation !== stale);
    };

    /**
     * @param {AbortSignal} stolen
     * @returns {Promise<unknown>} whether the refresh is finished
     */
    const attempt = async (stolen) => {
      // Read the cookies again under the lock: the tab that held it before has most likely refreshed.
      if (isSettled()) return true;
      // A sign-in begins: the browser drops the cookies of an aborted response, so they cannot overwrite the new session's.
      stolen.addEventListener('abort', abort);
      const init = { signal: timeout(CALL_TIMEOUT, signal) };
      const bound = known.look()?.bound;
      if (bound) known.lapse();
      let response;
      let keyless = bound;
      // Twice, because the cookies of the browser's refresh may appear late.
      for (let left = 2; keyless && left--; ) {
        response = await post('fresh', named, undefined, { ...init, method: 'GET' }).catch(() => {});
        if (isSettled()) return true;
        keyless = response?.status === 204;
      }
      if (!bound || keyless) response = await post('refresh', named, {}, init).catch(() => {});
      const answer = await answerOf(response);
      // Too late: this browser has signed out or in since, or the time is up.
      if (signal.aborted) return true;

      const done = response?.ok && answer.sid;
      // Without the key, any refusal of the server is for good.
      const over =
        response?.status === 401 &&
        (keyless ? answer.code : /^(session_ended|refresh_token_invalid|reauthentication_required)$/.test(answer.code));
      if (done) known.accept(answer);
      else if (over) known.forget(sid, answer.reason ?? answer.code);
      else if (named && answer.code === 'session_switched') {
        // The readable cookies are those of an earlier session, or not there yet. The server knows the session of the others.
        named = '';
        return attempt(stolen);
      } else {
        // Full jitter: clients that failed together must not come back together.
        pausedUntil = now() + Math.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures++);
        refusedUntil = now() + retryAfter(response);
      }
      return done || over;
    };

    while (!isSettled()) {
      const pause = Math.max(pausedUntil, refusedUntil) - now();
      if (pause > 0) {
        await new Promise((resolve) => {
          endPause = resolve;
          timeout(pause, signal).addEventListener('abort', resolve);
        });
      } else if (await lock(attempt, { signal })) break;
      else publish(true); // After the lock is free again, so that a listener may make requests.
    }
    // The callers that still wait want the session that there is now.
    if (aborted.aborted) return run(stale);
    if (signal.aborted) throw new PawlError('refresh_unavailable');
  };

  return {
    abort,

    /**
     * Settles when there is nothing left to wait for, and the caller should look at the session again. Rejects only with
     * `refresh_unavailable`.
     * @param {string} [stale] the generation to replace, however fresh it looks
     */
    refresh: (stale) =>
      (current ??= run(stale).finally(() => {
        current = undefined;
        publish();
      })),

    /**
     * Something has changed: end the pause and look again.
     * @param {boolean} [recovered] there is a new access token
     * @returns the refresh under way, if there is one
     */
    retryNow(recovered) {
      pausedUntil = 0;
      if (recovered) failures = refusedUntil = 0;
      endPause();
      return current;
    },
  };
};
