// Signing out works offline: this browser is signed out at once and stays so, and the server is told as soon as it can be.

import { readTombstone, writeTombstone } from './cookies.js';
import { CALL_TIMEOUT, LOGOUT_PAUSE, timeout } from './timeout.js';

/**
 * @param {AbortSignal} signal stops the retries
 * @param {ReturnType<typeof import('./lock.js').createLock>} lock
 * @param {import('./pawl.js').Post} post
 */
export const createLogout = (signal, lock, post) => {
  /**
   * @param {string} sid
   * @param {string} scope
   * @param {AbortSignal} [stolen] somebody signs in, which ends this session too: no late response must delete the next one's cookies
   * @returns {Promise<boolean>} whether it is done
   */
  const tell = (sid, scope, stolen) =>
    // It arrives even if the page is left meanwhile.
    post('logout', sid, { scope }, { signal: timeout(CALL_TIMEOUT, stolen), keepalive: true }).then(
      // 401, 409: there is no such session any more, or another sign-in has ended it.
      ({ status }) => status == 204 || status == 401 || status == 409,
      () => false,
    );

  /** Tells the server of a sign-out that it has not heard of yet. */
  const resume = async () =>
    !readTombstone()[0] ||
    lock(async (stolen) => {
      const [sid, scope] = readTombstone();
      const done = !sid || (await tell(sid, scope, stolen)); // Another tab may have told it meanwhile.
      if (!done) timeout(LOGOUT_PAUSE, signal).addEventListener('abort', () => signal.aborted || resume());
      else if (readTombstone()[0] == sid) writeTombstone();
      return done;
    });

  /**
   * @param {string} sid
   * @param {string} scope
   */
  const logout = (sid, scope) => {
    if (!sid || scope == 'others') return tell(sid, scope);
    writeTombstone(`${sid}.${scope}`);
    return resume();
  };

  return /** @type {const} */ ([logout, resume]);
};
