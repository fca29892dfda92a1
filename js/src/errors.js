/**
 * Why a call failed that never got an answer of its own:
 *
 * - `refresh_unavailable`: no fresh access token could be had in 15 seconds. Nothing has ended; try again later.
 * - `session_switched`: this browser is in another session by now, and the request was not run in its name.
 * - `signed_out`: there is no session to be ready for.
 *
 * @typedef {'refresh_unavailable' | 'session_switched' | 'signed_out'} PawlErrorCode
 */

/** What `fetch`, `ready` and `token` reject with. Network faults stay the `TypeError` that the browser made of them. */
export class PawlError extends Error {
  name = 'PawlError';

  /** @param {PawlErrorCode} code */
  constructor(code) {
    super(`pawl: ${code}`);
    /**
     * Stable; meant to be switched on.
     * @type {PawlErrorCode}
     */
    this.code = code;
  }
}
