// Signing out works offline: this browser is signed out at once and stays so. The server is told as soon as it can be reached.

import { answerOf } from './answer.js';
import { readPendingSignOut, writePendingSignOut } from './cookies.js';
import { CALL_TIMEOUT, LOGOUT_PAUSE, retryAfter, timeout } from './timeout.js';

/**
 * @param {AbortSignal} signal stops the retries
 * @param {import('./lock.js').Lock} lock
 * @param {import('./post.js').Post} post
 * @param {import('./cookies.js').Cookies} cookies
 */
export const createLogout = (signal, lock, post, cookies) => {
  /** @type {ReturnType<typeof setTimeout> | undefined} One for all calls: each of them may fail and be repeated. */
  let timer;
  let refusedUntil = 0; // Retry-After

  signal.addEventListener('abort', () => clearTimeout(timer));

  /**
   * @param {string} sid
   * @param {string} scope
   * @param {AbortSignal} [stolen] a sign-in begins, which ends this session too: a late response must not delete the new cookies
   */
  const tell = async (sid, scope, stolen) => {
    // With `keepalive` the request arrives even if the user leaves the page meanwhile.
    const response = await post('logout', sid, { scope }, { signal: timeout(CALL_TIMEOUT, stolen), keepalive: true }).catch(() => {});
    const { status = 0 } = response ?? {};
    const { code } = await answerOf(response);
    // 401, 409: the session is gone, or another sign-in has ended it. The user's other sessions may live on.
    const over = status === 204 || (code && (status === 401 || status === 409));
    const refused = status >= 400 && status < 500 && status !== 429;
    return {
      confirmed: status === 204 || (!!over && scope === 'current'),
      // Only the Pawl server gives a code, and its refusal is final. What remains of `current` keeps this browser signed out.
      left: over ? [] : refused && code && [sid, scope === 'current' ? '' : 'current'],
      // After another server's refusal there is no timer: the next page asks again, or this one when its user is back.
      wait: !refused && retryAfter(response),
    };
  };

  /**
   * @param {AbortSignal} stolen
   * @returns {Promise<boolean>} whether the server has done what was asked for
   */
  const attempt = async (stolen) => {
    const [sid, scope] = readPendingSignOut(cookies);
    if (!scope) return true; // Another tab has told the server meanwhile.
    const { confirmed, left, wait } = await tell(sid, scope, stolen);
    if (left) {
      if (readPendingSignOut(cookies)[0] === sid) writePendingSignOut(cookies, ...left);
      await attempt(stolen);
    } else if (wait !== false && !signal.aborted) {
      refusedUntil = performance.now() + wait;
      clearTimeout(timer);
      timer = setTimeout(resume, Math.max(LOGOUT_PAUSE, wait));
    }
    return confirmed;
  };

  /** Tells the server of a sign-out that it has not heard of yet. */
  const resume = async () => !readPendingSignOut(cookies)[1] || (performance.now() >= refusedUntil && lock(attempt));

  /**
   * @param {string} sid
   * @param {string} scope
   */
  const logout = (sid, scope) => {
    if (!['current', 'others', 'everywhere'].includes(scope)) throw new TypeError('pawl: the scope is current, others or everywhere');
    if (!sid || scope === 'others') return tell(sid, scope).then(({ confirmed }) => confirmed);
    writePendingSignOut(cookies, sid, scope);
    return resume();
  };

  return { logout, resume };
};
