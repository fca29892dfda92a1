// `fetch` in the name of a session: waits until a fresh access token is in place, repeats a request once if the server says that
// a new token helps, and tells nothing to origins that are not listed.

import { answerOf } from './answer.js';
import { PawlError } from './errors.js';

/** @param {RequestInfo | URL | Response} target */
const originOf = (target) => new URL(/** @type {Request} */ (target).url ?? target, document.baseURI).origin;

/** @param {Response} response a 401 of the Pawl server, and not of the application behind it */
const isMarked = ({ headers }) =>
  headers.has('Pawl-Problem') || /Bearer.*error="invalid_token"/i.test(`${headers.get('WWW-Authenticate')}`);

/**
 * @param {object} uses
 * @param {Set<string>} uses.origins all that may learn of the session
 * @param {boolean} uses.bearer
 * @param {import('./state.js').Known} uses.known
 * @param {import('./fresh.js').Fresh} uses.fresh
 * @param {() => void} uses.check looks whether the cookies have changed
 * @param {() => string | undefined} uses.currentSid the session that a call made now is for
 */
export const createFetch = ({ origins, bearer, known, fresh, check, currentSid }) => {
  /** @type {string | undefined} A generation refused straight after the refresh that made it: another refresh would not help. */
  let futile;

  /**
   * What the Pawl server says of the session; empty if the response is the application's.
   * @param {Response} response
   * @param {boolean} own the caller sent a token of its own, so a 401 is about that one
   * @returns {Promise<import('./answer.js').Answer>}
   */
  const problemOf = async (response, own) => {
    const named = response.status === 409 || (response.status === 401 && !own && isMarked(response));
    // A redirect may have led to another origin.
    return named && origins.has(originOf(response)) ? answerOf(response) : {};
  };

  /**
   * @param {RequestInfo | URL} input
   * @param {RequestInit} [init]
   * @returns {Promise<Response>}
   */
  return async (input, init = {}) => {
    if (!globalThis.document || !origins.has(originOf(input))) return fetch(input, init);

    const request = /** @type {Partial<Request>} */ (input);
    const signal = init.signal ?? request.signal;
    const sid = currentSid();
    const local = originOf(input) === location.origin;

    /**
     * @param {import('./state.js').Sight | undefined} seen
     * @param {boolean} [retried]
     * @returns {Promise<Response>}
     */
    const attempt = async (seen, retried) => {
      const headers = new Headers(init.headers ?? request.headers);
      const sent = { ...init, headers };
      const own = bearer && headers.has('Authorization');
      // A cookie cannot tell which session the request is for; a bearer token does.
      if (!bearer) headers.set('Pawl-Session', sid || seen?.sid || 'none');
      else if (seen?.token && !own) headers.set('Authorization', `Bearer ${seen.token}`);
      // A redirect to another origin would take our header along (fetch itself drops only Authorization), so it is made an error.
      if (local) sent.mode ??= 'same-origin';
      else if (!bearer) sent.credentials ??= 'include';
      // A clone is sent first, so that the body is still there for the second time.
      const response = await fetch((!retried && request.clone?.()) || input, sent);

      const { code, reason } = await problemOf(response, own);
      if (seen && code === 'session_ended') known.forget(seen.sid, reason);
      check(); // Any response may have signed in or out.
      const refused = seen?.generation;
      if (code === 'session_switched') {
        // If the readable cookies do not show the new session, a refresh learns it.
        await fresh(sid, signal, refused);
        throw new PawlError(code);
      }
      if (!seen || !/^access_token_/.test(code)) return response;
      if (retried) futile = refused;
      // A stream has been read: sent again, it would be empty.
      if (refused === futile || init.body instanceof ReadableStream) return response;
      const next = await fresh(sid, signal, refused);
      return next && next.generation !== refused ? attempt(next, true) : response;
    };
    return attempt(await fresh(sid, signal, undefined, local));
  };
};
