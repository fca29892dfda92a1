// Signing out works offline: this browser is signed out at once and stays so, and the server is told as soon as it can be.

import { answerOf } from './answer.js';
import { readTombstone, writeTombstone } from './cookies.js';
import { CALL_TIMEOUT, LOGOUT_PAUSE, retryAfter, timeout } from './timeout.js';

/**
 * @param {AbortSignal} signal stops the retries
 * @param {ReturnType<typeof import('./lock.js').createLock>} lock
 * @param {import('./pawl.js').Post} post
 */
export const createLogout = (signal, lock, post) => {
  /** @type {ReturnType<typeof setTimeout> | undefined} One for all calls: each of them may fail and be repeated. */
  let timer;
  let refusedUntil = 0; // Retry-After

  signal.addEventListener('abort', () => clearTimeout(timer));

  /**
   * @param {string} sid
   * @param {string} scope
   * @param {AbortSignal} [stolen] somebody signs in, which ends this session too: no late response must delete the next one's cookies
   */
  const tell = async (sid, scope, stolen) => {
    // The request arrives even if the user leaves the page meanwhile.
    const response = await post('logout', sid, { scope }, { signal: timeout(CALL_TIMEOUT, stolen), keepalive: true }).catch(() => {});
    const { status = 0 } = response ?? {};
    const { code } = await answerOf(response);
    const refused = status >= 400 && status < 500 && status != 429;
    // 401, 409: the session is gone, or another sign-in has ended it. The user's other sessions may live on.
    const over = status == 204 || (code && (status == 401 || status == 409));
    return {
      confirmed: status == 204 || (!!over && scope == 'current'),
      // A refusal by the Pawl server is final. The tombstone that is left asks for nothing, and keeps this browser signed out.
      left: over ? '' : refused && code ? `${sid}.${scope == 'current' ? '' : 'current'}` : undefined,
      // Other refusals are not final, and start no timer: the next page asks again, or this one when its user is back.
      wait: !refused && retryAfter(response),
    };
  };

  /**
   * @param {AbortSignal} stolen
   * @returns {Promise<boolean>} whether the server has done what was asked for
   */
  const attempt = async (stolen) => {
    const [sid, scope] = readTombstone();
    if (!scope) return true; // Another tab has told the server meanwhile.
    const { confirmed, left, wait } = await tell(sid, scope, stolen);
    if (left != undefined) {
      if (readTombstone()[0] == sid) writeTombstone(left);
      if (left) await attempt(stolen);
    } else if (wait !== false && !signal.aborted) {
      refusedUntil = performance.now() + wait;
      clearTimeout(timer);
      timer = setTimeout(resume, Math.max(LOGOUT_PAUSE, wait));
    }
    return confirmed;
  };

  /** Tells the server of a sign-out that it has not heard of yet. */
  const resume = async () => !readTombstone()[1] || (performance.now() >= refusedUntil && lock(attempt));

  /**
   * @param {string} sid
   * @param {string} scope
   */
  const logout = (sid, scope) => {
    if (!['current', 'others', 'everywhere'].includes(scope)) throw new TypeError('pawl: the scope is current, others or everywhere');
    if (!sid || scope == 'others') return tell(sid, scope).then(({ confirmed }) => confirmed);
    writeTombstone(`${sid}.${scope}`);
    return resume();
  };

  return /** @type {const} */ ([logout, resume]);
};
