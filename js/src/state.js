// What this tab knows of the session.
//
// The readable cookies say who is signed in and, with cookies as transport, how long the access token is fresh. The last answer
// stands in for a session cookie that cannot be read: it belongs to another host, it is blocked, or it was lost before the page
// loaded. The seconds of the last answer, on the monotonic clock, stand in for a timer cookie that cannot be read.

import { dropSession, hasTimerAlone, readPendingSignOut, readSession } from './cookies.js';

/**
 * The session at this moment. With an empty `sid` it is not known whether there is one. With `lost` it is not known whether it
 * is still this one. A refresh tells. `asked`: the server was asked about a lost cookie of this session before.
 * @typedef {object} Sight
 * @property {string} sid
 * @property {string} [generation]
 * @property {number} [refreshIn]
 * @property {boolean} [fresh]
 * @property {boolean} [bound]
 * @property {string} [token]
 * @property {boolean} [lost]
 * @property {boolean} [asked]
 */

/**
 * The last answer, until when it is fresh, and which cookies have been seen since. `first`: no cookie was missing before it.
 * @typedef {Sight & { due: number, first?: boolean, shown?: boolean, timed?: boolean }} LastAnswer
 */

/** @typedef {ReturnType<typeof createState>} Known */

/**
 * @param {boolean} readable this page can read the cookies
 * @param {boolean} bearer
 * @param {import('./cookies.js').Cookies} jar
 */
export const createState = (readable, bearer, jar) => {
  /** @type {LastAnswer | undefined} */
  let answer = readable && !hasTimerAlone(jar) ? undefined : { sid: '', due: 0, first: readable };
  let answers = 0;
  /**
   * Sessions that are over, and why. A late response to a refresh can put their cookies back; those are not believed. Ids are
   * never used twice.
   * @type {Map<string, string | undefined>}
   */
  const ended = new Map();
  /**
   * What was seen last stands until that session is known to be over: cookies get lost, and a late response of an earlier
   * session overwrites them.
   * @type {Sight | undefined}
   */
  let last;
  /** @type {string | undefined} a generation whose timer cookie may be wrong */
  let doubtful;

  /** @param {string} sid */
  const isOver = (sid) => ended.has(sid) || (sid && readPendingSignOut(jar)[0] === sid);

  /**
   * Never kept across an `await`: other tabs sign in and out, too.
   * @returns {Sight | undefined} undefined: the user is signed out
   */
  const look = () => {
    const cookies = readable ? readSession(jar) : undefined;
    if (answer && cookies) {
      answer.shown = true;
      answer.timed ||= cookies.fresh;
    }
    // A sign-out may have deleted a cookie that was seen before. Nothing stands in for it.
    const hint = cookies ?? (answer?.shown ? undefined : answer);
    if (!hint || isOver(hint.sid)) {
      // The server is asked about a lost cookie once for each session and page.
      if (!last || isOver(last.sid) || (!cookies && last.asked)) return;
      const lost = { ...last, fresh: false, lost: true };
      if (!cookies) last = lost;
      return lost;
    }
    const own = answer?.sid === hint.sid ? answer : undefined;
    const counted = own && performance.now() < own.due;
    // The cookie of this answer may have been lost, and then other tabs miss it too. A second answer tells: it brings the cookie
    // back, or the cookie is blocked.
    const lost = !cookies && own?.first;
    const fresh = cookies?.fresh && !bearer ? cookies.generation !== doubtful : !lost && counted && (cookies?.fresh || !own.timed);
    const asked = last?.sid === hint.sid && (last.asked || last.lost);
    return (last = { sid: hint.sid, ...(bearer || !cookies ? own : cookies), fresh, lost, asked });
  };

  /**
   * Takes in what no cookie tells. The token stays in this closure, out of every storage and message. So each tab asks for its
   * own; the server knows that case and repeats itself cheaply.
   * @param {import('./answer.js').Answer} content
   */
  const accept = ({ sid = '', refresh_in: refreshIn = 0, access_token: token }) => {
    const first = readable && !last?.lost && (!answer || answer.shown);
    answer = { sid, generation: sid && `${++answers}`, refreshIn, token, due: performance.now() + refreshIn * 1_000, first };
  };

  /**
   * The session is over.
   * @param {string} sid
   * @param {string} [reason] the first one counts
   */
  const forget = (sid, reason) => {
    if (sid && !ended.has(sid)) ended.set(sid, reason);
    if (answer?.sid === sid) answer = undefined;
    if (last?.sid === sid) last = undefined;
    if (readable) dropSession(jar, sid);
  };

  /**
   * The device may have slept: the monotonic clock stood still.
   * @param {boolean} timer so did the clock of the timer cookie
   */
  const doubt = (timer) => {
    if (answer) answer.due = 0;
    if (timer) doubtful = look()?.generation;
  };

  /** The browser finds a refresh due. One that has a key for the session refreshes before its next request. */
  const lapse = () => jar.write('fresh');

  return { look, accept, forget, ended, doubt, lapse };
};
