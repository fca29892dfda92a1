// The readable cookies. None holds a secret: the session's public id, the generation of the access token (an opaque tag that
// differs for every one issued) and, as `Max-Age` of the second, how long that token is fresh. So the browser's own cookie jar
// is the timer and the state that all tabs share: no clock that can be wrong, no storage that tabs see at different times.

/**
 * What the server says of the session to scripts.
 * @typedef {object} Hint
 * @property {string} sid the session's public id
 * @property {string} generation which access token the browser holds
 * @property {number} refreshIn seconds that an access token is fresh for, counted from its issue
 * @property {boolean} fresh false once a refresh is due
 */

const PREFIX = '__Host-pawl-';

/** Longer than any session may last, and the most that browsers keep. */
const LONGEST = 400 * 24 * 60 * 60;

/** @param {string} name */
const read = (name) => (globalThis.document?.cookie.match(`(^|; )${PREFIX}${name}=([^;]*)`)?.[2] ?? '').split('.');

/**
 * @param {string} name
 * @param {string} [value] left out, the cookie is deleted
 */
const write = (name, value = '') => {
  document.cookie = `${PREFIX}${name}=${value}; Path=/; Secure; SameSite=Strict; Max-Age=${value ? LONGEST : 0}`;
};

/** @returns {Hint | undefined} undefined: nobody is signed in */
export const readHint = () => {
  const [sid, generation, refreshIn] = read('session');
  if (refreshIn) return { sid, generation, refreshIn: +refreshIn, fresh: read('fresh')[0] == generation };
};

/** @returns {boolean} the timer without the session: the latter was lost, for both are deleted together */
export const hasLostHint = () => !!read('fresh')[0] && !readHint();

/**
 * Deletes what scripts can see of a session, unless it is by now another's: a sign-in may have come in between.
 * @param {string} sid
 */
export const dropHint = (sid) => {
  if (readHint()?.sid == sid) ['session', 'fresh'].map((name) => write(name));
};

// A sign-out that the server has not confirmed yet leaves its sid and scope behind. Here and not in localStorage, which tabs see
// at different times: the whole point is that no other tab refreshes the session back to life meanwhile.

/** @returns {string[]} sid and scope of a sign-out still owed to the server; the sid is empty when none is */
export const readTombstone = () => read('signout');

/** @param {string} [tombstone] `sid.scope`; left out: the server knows */
export const writeTombstone = (tombstone) => write('signout', tombstone);
