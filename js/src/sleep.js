// While a device sleeps, the clock stops that Chromium uses to expire its copy of the cookies: `document.cookie` then shows a timer
// that has run out. The seconds of a response are counted on the same clock. A gap between the device's two clocks shows a sleep.
// A clock that was set looks the same, so this never ends a session: it only makes the client ask.

/**
 * @param {(timer: boolean) => void} doubt what was counted is wrong, and the timer cookie, too, where nothing brings it up to date
 * @returns {(awake?: boolean) => Promise<unknown>} settles when the cookies are to be believed
 */
export const createWatch = (doubt) => {
  const gap = () => Date.now() - performance.now();
  let before = gap();
  /** @type {Promise<unknown> | undefined} */
  let reread;
  return async (awake) => {
    const slept = Math.abs(gap() - before) > 1_000;
    before = gap();
    const { cookieStore } = globalThis;
    if (slept) doubt(!cookieStore);
    // Any read from the browser's own store brings the copy up to date.
    const asked = slept || awake ? cookieStore?.get('_').catch(() => {}) : reread;
    if (slept) reread = asked;
    return asked;
  };
};
