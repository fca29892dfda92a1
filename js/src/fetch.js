// `fetch` for requests made in the name of a session: waits where no fresh access token is in place, retries once where the
// server says that a new one helps, and gives nothing away to origins that are not listed.

import { answerOf } from './answer.js';
import { PawlError } from './errors.js';

/** @param {RequestInfo | URL | Response} target */
const originOf = (target) => new URL(/** @type {Request} */ (target).url ?? target, document.baseURI).origin;

/**
 * @param {Set<string>} origins all that may learn of the session
 * @param {boolean} bearer
 * @param {import('./state.js').Known} known
 * @param {(stale?: string) => Promise<void>} refresh
 * @param {() => void} publish
 * @param {() => string | undefined} speaker whom a call made now speaks for
 * @param {ReturnType<typeof import('./sleep.js').createWatch>} watch
 */
export const createFetch = (origins, bearer, [look, , bury], refresh, publish, speaker, watch) => {
  /** @type {string | undefined} A generation refused straight after the refresh that made it: one more would not help. */
  let futile;

  /** @param {string} [sid] whose request it is that asks */
  const lookAs = (sid) => {
    const seen = look();
    if (sid && seen && seen.sid != sid) {
      // Listeners are told when the code now running is done, so that all requests it makes are of one mind.
      queueMicrotask(publish);
      throw new PawlError('session_switched');
    }
    return seen;
  };

  /**
   * @param {string} [sid]
   * @param {AbortSignal | null} [signal] ends this wait and no other's
   * @param {string} [refused] a generation that will not do
   */
  const fresh = async (sid = speaker(), signal, refused) => {
    await watch();
    const seen = lookAs(sid);
    if (!seen || (seen.fresh && seen.generation != refused)) return seen;
    if (seen.lost) publish(); // A refresh that is under way was sent before the loss, and is given up once.
    await new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const end = () => reject(signal?.reason);
      signal?.addEventListener('abort', end);
      // Not the one seen: browsers show the cookies of an answer one by one, so it may be new, and only its timer late.
      refresh(refused)
        .then(resolve, reject)
        // The caller's signal may outlive many waits. Without this it would keep a listener of each.
        .finally(() => signal?.removeEventListener('abort', end));
    });
    return lookAs(sid);
  };

  /**
   * @param {RequestInfo | URL} input
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  const sessionFetch = async (input, init = {}) => {
    if (!globalThis.document || !origins.has(originOf(input))) return fetch(input, init);

    const request = /** @type {Partial<Request>} */ (input);
    const signal = init.signal ?? request.signal;
    const sid = speaker();
    let seen = await fresh(sid, signal);
    for (let retried = false; ; retried = true) {
      const headers = new Headers(init.headers ?? request.headers);
      const sent = { ...init, headers };
      // A response about a token of the caller's own says nothing about the session.
      const own = bearer && headers.has('Authorization');
      // A cookie cannot tell whose request it comes with; a bearer token does that itself.
      if (!bearer) headers.set('Pawl-Session', sid || seen?.sid || 'none');
      else if (seen?.token && !own) headers.set('Authorization', `Bearer ${seen.token}`);
      // A redirect to elsewhere would take our header along (fetch itself drops Authorization only), so it is made an error.
      if (originOf(input) == location.origin) sent.mode ??= 'same-origin';
      else if (!bearer) sent.credentials ??= 'include';
      // A clone goes first, so that the body is still there for the second time.
      const response = await fetch((!retried && request.clone?.()) || input, sent);

      const { status } = response;
      const { code, reason } =
        (status == 409 ||
          (status == 401 &&
            !own &&
            (response.headers.has('Pawl-Problem') ||
              /Bearer.*error="invalid_token"/i.test(`${response.headers.get('WWW-Authenticate')}`)))) &&
        origins.has(originOf(response)) // A redirect may have led elsewhere.
          ? await answerOf(response)
          : {};
      if (seen && code == 'session_ended') bury(seen.sid, reason);
      publish(); // Any answer may have signed in or out.
      if (code == 'session_switched') {
        // If the readable cookies do not show who is signed in, a refresh learns it.
        await fresh(sid, signal, seen?.generation);
        throw new PawlError(code);
      }
      if (!seen || !/^access_token_/.test(code)) return response;

      const refused = seen.generation;
      if (retried) futile = refused;
      // A stream has been read: sent again, it would be empty.
      if (refused == futile || init.body instanceof ReadableStream) return response;
      seen = await fresh(sid, signal, refused);
      if (!seen || seen.generation == refused) return response;
    }
  };

  return /** @type {const} */ ([sessionFetch, fresh]);
};
