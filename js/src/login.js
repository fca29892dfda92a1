// Signing in. Cookies of another response must not overwrite those of the new session. So a sign-in takes the lock from a refresh
// or a sign-out of any tab, which is then aborted.

import { answerOf } from './answer.js';
import { createLock } from './lock.js';

/**
 * @param {string} name
 * @param {import('./lock.js').Lock} lock
 * @param {import('./post.js').Post} post
 * @param {import('./state.js').Known} known
 */
export const createLogin = (name, lock, post, known) => {
  // Sign-ins run one after another, so that each ends the session of the one before.
  const queue = createLock(`${name}#`);

  /**
   * @param {string | URL} url
   * @param {unknown} body
   * @param {import('./post.js').SignInInit} [init]
   */
  return (url, body, init) => {
    /** @param {string} [sid] */
    const send = (sid) => post(url, sid, body, init);
    const run = async () => {
      const response = await send(known.look()?.sid);
      // The server did nothing: the readable cookies are those of an earlier session.
      return response.status === 409 && (await answerOf(response)).code === 'session_switched' ? send() : response;
    };
    return queue(() => lock(run, { steal: true }));
  };
};
