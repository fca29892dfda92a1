// The readable cookies. None holds a secret: the session's public id, the generation of the access token (an opaque tag that
// differs for each token) and, as `Max-Age` of the timer cookie, how long that token is fresh. So the browser's own cookie jar
// is the timer and the state that all tabs share: no clock that can be wrong, no storage that tabs see at different times.

/**
 * What the readable cookies say of the session.
 * @typedef {object} SessionCookies
 * @property {string} sid the session's public id
 * @property {string} generation which access token the browser holds
 * @property {number} refreshIn seconds that an access token is fresh for, counted from its issue
 * @property {boolean} fresh false once a refresh is due
 * @property {boolean} bound the browser has a key for the session, and refreshes by itself
 */

/** In seconds: longer than any session lasts, and the most that browsers accept. */
const LONGEST = 400 * 24 * 60 * 60;

/** @typedef {ReturnType<typeof createCookies>} Cookies */

/** @param {string} cookieName the middle of their names: it tells the apps of a host apart, whose pages all see the same cookies */
export const createCookies = (cookieName) => {
  // Such as a whole name. The page would never see a session.
  if (!/^(?!http)[a-z\d][a-z\d_-]{0,31}$/.test(cookieName)) throw new TypeError('pawl: cookieName is the option CookieName of the server');
  return {
    /** @param {string} name */
    read: (name) => (globalThis.document?.cookie.match(`(^|; )__Host-${cookieName}-${name}=([^;]*)`)?.[2] ?? '').split('.'),

    /**
     * @param {string} name
     * @param {string} [value] left out: the cookie is deleted
     */
    write(name, value = '') {
      document.cookie = `__Host-${cookieName}-${name}=${value}; Path=/; Secure; SameSite=Strict; Max-Age=${value ? LONGEST : 0}`;
    },
  };
};

/**
 * @param {Cookies} cookies
 * @returns {SessionCookies | undefined} undefined: there is no session
 */
export const readSession = ({ read }) => {
  const [sid, generation, refreshIn, mark] = read('session');
  if (refreshIn) return { sid, generation, refreshIn: +refreshIn, fresh: read('fresh')[0] === generation, bound: mark === 'b' };
};

/**
 * @param {Cookies} cookies
 * @returns {boolean} the session cookie was lost: the server deletes both, but only the timer cookie is left
 */
export const hasTimerAlone = (cookies) => !!cookies.read('fresh')[0] && !readSession(cookies);

/**
 * Deletes the readable cookies of this session. Those of another session stay: a sign-in may have come in between.
 * @param {Cookies} cookies
 * @param {string} sid
 */
export const dropSession = (cookies, sid) => {
  if (readSession(cookies)?.sid === sid) for (const name of ['session', 'fresh']) cookies.write(name);
};

// A sign-out that the server has not confirmed yet is kept in a cookie. Tabs see localStorage at different times, and another
// tab could refresh the session back to life meanwhile.

/**
 * @param {Cookies} cookies
 * @returns {string[]} the session and the scope that the server has yet to be told of; the session is empty when there is none
 */
export const readPendingSignOut = ({ read }) => read('signout');

/**
 * @param {Cookies} cookies
 * @param {string} [sid] left out: there is none any more
 * @param {string} [scope] empty: the server need not be told, but the session stays ended in this browser
 */
export const writePendingSignOut = ({ write }, sid, scope) => write('signout', sid && `${sid}.${scope}`);
