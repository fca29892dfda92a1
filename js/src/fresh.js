// Waiting for a fresh access token, in the name of the session that the caller was told of.

import { PawlError } from './errors.js';

/**
 * @param {object} uses
 * @param {import('./state.js').Known} uses.known
 * @param {(stale?: string) => Promise<void>} uses.refresh
 * @param {() => void} uses.check looks whether the cookies have changed
 * @param {() => string | undefined} uses.currentSid the session that a call made now is for
 * @param {ReturnType<typeof import('./sleep.js').createCatchUp>} uses.catchUp
 */
export const createFresh = ({ known, refresh, check, currentSid, catchUp }) => {
  /** @param {string} [sid] the session that the caller was told of */
  const lookAs = (sid) => {
    const seen = known.look();
    if (sid && seen && seen.sid !== sid) {
      // Listeners are told after the code that runs now, so that all requests it makes fail alike.
      queueMicrotask(check);
      throw new PawlError('session_switched');
    }
    return seen;
  };

  /**
   * @param {object} [options]
   * @param {string} [options.sid] the session that the caller was told of
   * @param {AbortSignal | null} [options.signal] ends this wait and no other
   * @param {string} [options.refused] a generation that the server has refused
   */
  return async ({ sid = currentSid(), signal, refused } = {}) => {
    await catchUp();
    const seen = lookAs(sid);
    if (!seen || (seen.fresh && seen.generation !== refused)) return seen;
    if (seen.lost) check(); // A refresh under way was sent before the loss; it is aborted, once.
    await new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const end = () => reject(signal?.reason);
      signal?.addEventListener('abort', end);
      // Not the generation seen: browsers show the cookies of a response one by one, so the generation may be new already and
      // only its timer late.
      refresh(refused)
        .then(resolve, reject)
        // The caller's signal may outlive many waits. Without this it would keep a listener of each.
        .finally(() => signal?.removeEventListener('abort', end));
    });
    return lookAs(sid);
  };
};
