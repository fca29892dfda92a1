// Refreshes ahead of need, so that requests seldom wait: at a random moment after 80 to 90 % of a token's fresh life, so that
// tabs and users do not refresh all at once. A hidden tab never refreshes by timer. A tab that was not used for a whole life lets
// the token lapse; otherwise an open tab would keep its session alive for ever.

/** @param {(stale?: string) => void} refresh */
export const createClock = (refresh) => {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let used = false;

  /** @param {string} [stale] the generation to replace; without it, only a token that has lapsed is replaced */
  const ring = (stale) => {
    if (used && document.visibilityState === 'visible') {
      used = !stale;
      refresh(stale);
    }
  };

  return {
    /** The page has made a request. */
    markUsed() {
      used = true;
    },

    /** The page has loaded or come back: it wants a new token if its own has lapsed meanwhile. */
    onAwake() {
      used = true;
      ring();
    },

    /**
     * There is a new access token.
     * @param {number} [refreshIn] seconds; none or 0: there is no token any more
     * @param {string} [generation]
     */
    start(refreshIn, generation) {
      clearTimeout(timer);
      if (refreshIn) timer = setTimeout(ring, refreshIn * 1_000 * (0.8 + Math.random() / 10), generation);
    },
  };
};
