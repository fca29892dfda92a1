// Waiting for a fresh access token, in the name of the session that the caller was told of.

import { PawlError } from './errors.js';

/** @typedef {ReturnType<typeof createFresh>} Fresh */

/**
 * @param {import('./state.js').Known} known
 * @param {(stale?: string) => Promise<void>} refresh
 * @param {() => void} check looks whether the cookies have changed
 * @param {import('./sleep.js').CatchUp} catchUp
 */
export const createFresh = (known, refresh, check, catchUp) => {
  /** @param {string} [sid] */
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
   * @param {string} [sid] the session that the caller was told of
   * @param {AbortSignal | null} [signal] ends this wait and no other
   * @param {string} [refused] a generation that the server has refused
   * @param {boolean} [own] the browser itself can refresh before the request, because the request is for this origin
   * @returns the session, if there is one
   */
  return async (sid, signal, refused, own) => {
    await catchUp();
    const seen = lookAs(sid);
    if (!seen || (seen.fresh && seen.generation !== refused) || (own && seen.bound && !seen.lost)) return seen;
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
