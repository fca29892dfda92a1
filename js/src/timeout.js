// How long anything here waits, in milliseconds. None of it is a lifetime: those are the server's to say.

/** For the answer to one call: a quarter of the server's settle period, as its promise to refreshes without a lock asks. */
export const CALL_TIMEOUT = 10_000;

/** For the body of an answer. It is small, so it comes along with the headers. */
export const BODY_TIMEOUT = 3_000;

/** For a refresh to succeed, however many calls it takes, before callers are told that there is none to be had. */
export const REFRESH_TIMEOUT = 15_000;

/** For the lock, and once more for the spare one. A refresh seldom takes longer, and the holder may be frozen for good. */
export const LOCK_TIMEOUT = 1_500;

/** At most, after the first failed refresh; doubles from one to the next. */
export const FIRST_PAUSE = 400;
export const LONGEST_PAUSE = 8_000;

/** Until the server is told once more of a sign-out. */
export const LOGOUT_PAUSE = 8_000;

/**
 * A signal that fires after `ms`, or with `signal` if that is sooner.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
export const timeout = (ms, signal) => AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])]);

/** In seconds. A server that asks for more does so by mistake, and timers take no more than 24 days. */
const LONGEST_RETRY_AFTER = 3_600;

/**
 * What the server asks to wait, in milliseconds. Seconds only: to read a date would take the device's clock.
 * @param {Response | void} response
 */
export const retryAfter = (response) => 1_000 * Math.min(Number(response?.headers.get('Retry-After')) || 0, LONGEST_RETRY_AFTER);
