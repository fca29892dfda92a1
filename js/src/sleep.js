// While a device sleeps, the clock stops that Chromium uses to expire its copy of the cookies: `document.cookie` then shows a timer
// that has run out. The seconds of a response are counted on the same clock. A gap between the device's two clocks shows a sleep.
// A clock that was set looks the same, so this never ends a session: it only makes the client ask.

/** @typedef {ReturnType<typeof createCatchUp>} CatchUp */

/**
 * @param {(timer: boolean) => void} doubt what was counted is wrong; so is the timer cookie, if the browser cannot read it again
 * @returns {(awake?: boolean) => Promise<unknown>} settles when the cookies are up to date
 */
export const createCatchUp = (doubt) => {
  const gap = () => Date.now() - performance.now();
  let before = gap();
  /** @type {Promise<unknown> | undefined} */
  let reading;
  return async (awake) => {
    const slept = Math.abs(gap() - before) > 1_000;
    before = gap();
    const { cookieStore } = globalThis;
    if (slept) doubt(!cookieStore);
    // Any read from the browser's own store brings the copy up to date.
    const read = slept || awake ? cookieStore?.get('_').catch(() => {}) : reading;
    if (slept) reading = read;
    return read;
  };
};
