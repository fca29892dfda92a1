// What this tab knows of the session, from wherever that can be known.
//
// Cookie transport: the readable cookies say it all. Where the access token lives in this tab's memory (bearer transport), or
// the cookies belong to a host whose cookies this page cannot read, the seconds in the last answer tell how long it is fresh,
// on the monotonic clock; who is signed in is still for the cookies to say, if they can be read.

import { dropSession, hasTimerAlone, readPendingSignOut, readSession } from './cookies.js';

/**
 * The session at this moment. With an empty `sid` it is not known whether there is one, and with `lost` not whether it is still
 * this one: a refresh will tell.
 * @typedef {{ sid: string, generation?: string, refreshIn?: number, fresh?: boolean, token?: string, lost?: boolean }} Sight
 */

/** @typedef {ReturnType<typeof createState>} Known */

/**
 * @param {boolean} readable this page can read the cookies
 * @param {boolean} bearer
 */
export const createState = (readable, bearer) => {
  /** @type {Sight & { due: number } | undefined} */
  let own = { sid: '', due: 0 };
  let answers = 0;
  /**
   * Sessions that are over, and why. Ids are never used twice, so a refresh answered just before, which puts the cookies back,
   * is not believed.
   * @type {Map<string, string | undefined>}
   */
  const ended = new Map();
  /**
   * What was seen last stands until that session is known to be over: cookies get lost, and a late response of an earlier
   * session overwrites them.
   * @type {Sight | undefined}
   */
  let last = readable && hasTimerAlone() ? { sid: '' } : undefined;
  /** @type {string | undefined} whose cookie is missing; the server is asked about that once for each session and page */
  let missing;
  /** @type {string | undefined} */
  let asked;
  /** @type {string | undefined} */
  let answered;
  /** Whether the timer of the last answer was seen: a browser that blocks it must not ask for each request. */
  let timed = false;
  /** @type {string | undefined} a generation whose timer is not to be believed */
  let doubtful;

  /** @param {string} sid */
  const isOver = (sid) => ended.has(sid) || (sid && readPendingSignOut().sid === sid);

  /**
   * Never kept across an `await`: other tabs sign in and out, too.
   * @returns {Sight | undefined} undefined: nobody is signed in
   */
  const look = () => {
    const cookies = readable ? readSession() : own;
    const counted = !!own && performance.now() < own.due;
    if (cookies && !isOver(cookies.sid)) {
      timed ||= cookies.fresh === true;
      if (cookies.sid === missing) asked = missing;
      return (last =
        readable && !bearer
          ? { ...cookies, fresh: (cookies.fresh && cookies.generation !== doubtful) || (!timed && counted && own?.sid === cookies.sid) }
          : own?.sid === cookies.sid
            ? { ...own, fresh: (cookies.fresh !== false || !timed) && counted }
            : { sid: cookies.sid });
    }
    if (!last || isOver(last.sid) || (!cookies && last.sid === asked)) return;
    if (!cookies) missing = last.sid;
    // The cookie is missing after a response, too, so it is blocked. The seconds of the response replace it.
    const fresh = counted && answered === last.sid;
    return { ...last, fresh, lost: !fresh };
  };

  /**
   * Takes in what no cookie tells. The token stays in this closure, out of every storage and message, so each tab asks for its
   * own: the server knows that case and repeats itself cheaply.
   * @param {import('./answer.js').Answer} answer
   */
  const accept = ({ sid = '', refresh_in: refreshIn = 0, access_token: token }) => {
    timed = false;
    answered = sid === missing ? sid : undefined;
    own = { sid, generation: sid && `${++answers}`, refreshIn, token, due: performance.now() + refreshIn * 1_000 };
  };

  /**
   * @param {string} sid
   * @param {string} [reason] the first one told stands
   */
  const forget = (sid, reason) => {
    if (sid && !ended.has(sid)) ended.set(sid, reason);
    if (own?.sid === sid) own = undefined;
    if (last?.sid === sid) last = undefined;
    if (readable) dropSession(sid);
  };

  /**
   * The device may have slept: the monotonic clock has not counted on.
   * @param {boolean} timer nor has that of the cookies
   */
  const doubt = (timer) => {
    if (own) own.due = 0;
    if (timer) doubtful = look()?.generation;
  };

  return { look, accept, forget, ended, doubt };
};
