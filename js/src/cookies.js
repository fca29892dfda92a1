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
 */

const PREFIX = '__Host-pawl-';

/** In seconds: longer than any session lasts, and the most that browsers accept. */
const LONGEST = 400 * 24 * 60 * 60;

/** @param {string} name */
const read = (name) => (globalThis.document?.cookie.match(`(^|; )${PREFIX}${name}=([^;]*)`)?.[2] ?? '').split('.');

/**
 * @param {string} name
 * @param {string} [value] left out: the cookie is deleted
 */
const write = (name, value = '') => {
  document.cookie = `${PREFIX}${name}=${value}; Path=/; Secure; SameSite=Strict; Max-Age=${value ? LONGEST : 0}`;
};

/** @returns {SessionCookies | undefined} undefined: there is no session */
export const readSession = () => {
  const [sid, generation, refreshIn] = read('session');
  if (refreshIn) return { sid, generation, refreshIn: +refreshIn, fresh: read('fresh')[0] === generation };
};

/** @returns {boolean} the session cookie was lost: the server deletes both, but only the timer cookie is left */
export const hasTimerAlone = () => !!read('fresh')[0] && !readSession();

/**
 * Deletes the readable cookies of this session. Those of another session stay: a sign-in may have come in between.
 * @param {string} sid
 */
export const dropSession = (sid) => {
  if (readSession()?.sid === sid) for (const name of ['session', 'fresh']) write(name);
};

// A sign-out that the server has not confirmed yet is kept in a cookie. Tabs see localStorage at different times, and another
// tab could refresh the session back to life meanwhile.

/** @returns {{ sid: string, scope?: string }} the sign-out that the server has yet to be told of; both empty when there is none */
export const readPendingSignOut = () => {
  const [sid, scope] = read('signout');
  return { sid, scope };
};

/**
 * @param {string} [sid] left out: there is none any more
 * @param {string} [scope] empty: the server need not be told, but the session stays ended in this browser
 */
export const writePendingSignOut = (sid, scope) => write('signout', sid && `${sid}.${scope}`);
