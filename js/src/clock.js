// Refreshes ahead of need, so that requests seldom wait: once 80 to 90 % of a token's fresh life have passed, at a random
// moment in between so that tabs and users do not come all at once. Only where somebody looks: a hidden tab never refreshes by
// timer, and one that nobody used for a whole life lets the token lapse, or an open tab would keep a session alive for ever.

/** @param {(stale?: string) => void} refresh */
export const createClock = (refresh) => {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {boolean | undefined} */
  let used;

  /** @param {string} [stale] */
  const ring = (stale) => {
    if (used && document.visibilityState == 'visible') {
      used = !stale;
      refresh(stale);
    }
  };

  /**
   * Somebody is there.
   * @param {boolean} [awake] not with a request, but the page came up or back: what has lapsed meanwhile is wanted
   */
  const use = (awake) => {
    used = true;
    if (awake) ring();
  };

  /**
   * There is a new access token.
   * @param {number} [refreshIn] seconds; without, there is none
   * @param {string} [generation]
   */
  const start = (refreshIn, generation) => {
    clearTimeout(timer);
    if (refreshIn) timer = setTimeout(ring, refreshIn * 1_000 * (0.8 + Math.random() / 10), generation);
  };

  return /** @type {const} */ ([use, start]);
};
