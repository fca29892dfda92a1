// How long the client waits, in milliseconds. None of these is a lifetime: the server alone sets lifetimes.

/** For the response to one call: a quarter of the server's settle period, on which its promise to refreshes without a lock rests. */
export const CALL_TIMEOUT = 10_000;

/** For the body of a response. It is small, so it comes along with the headers. */
export const BODY_TIMEOUT = 3_000;

/** For a refresh to succeed, however many calls it takes. Then its callers get `refresh_unavailable`. */
export const REFRESH_TIMEOUT = 15_000;

/** For the lock, and once more for the spare one. A refresh seldom takes longer, and the holder may be frozen for good. */
export const LOCK_TIMEOUT = 1_500;

/** At most, after the first failed refresh; doubles with each failure. */
export const FIRST_PAUSE = 400;
export const LONGEST_PAUSE = 8_000;

/** Before the server is told again of a sign-out. */
export const LOGOUT_PAUSE = 8_000;

/**
 * A signal that fires after `ms`, or with `signal` if that is sooner.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
export const timeout = (ms, signal) => AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])]);

/** In seconds. A longer wait is a mistake of the server, and timers take no more than 24 days. */
const LONGEST_RETRY_AFTER = 3_600;

/**
 * How long the server asks to wait, in milliseconds. A date is not read, because the device's clock may be wrong.
 * @param {Response | void} response
 */
export const retryAfter = (response) => 1_000 * Math.min(Number(response?.headers.get('Retry-After')) || 0, LONGEST_RETRY_AFTER);
