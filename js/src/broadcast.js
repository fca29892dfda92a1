// How a tab hears that another tab, or a plain page of the server, changed the cookies.

/**
 * @param {string} name
 * @param {AbortSignal} signal ends the listening
 * @param {() => void} changed the cookies may have changed
 * @param {() => void} awake the page, the user or the network is back
 * @returns {() => void} tells the other tabs, where the browser does not do so itself
 */
export const listen = (name, signal, changed, awake) => {
  const { document, cookieStore, BroadcastChannel } = globalThis;
  /** @type {BroadcastChannel | undefined} */
  let channel;
  // What it heard of, a tab may not see yet: browsers bring the news and the cookies by two ways, and the news is often the
  // faster. So it looks again.
  const heard = () => [0, 100].map((ms) => setTimeout(changed, ms));
  if (document) {
    ['pageshow', 'focus', 'online', 'visibilitychange'].map((type) => addEventListener(type, awake, { signal }));
    if (cookieStore) cookieStore.addEventListener('change', heard, { signal });
    else if (BroadcastChannel) {
      channel = new BroadcastChannel(name);
      channel.onmessage = heard;
      signal.addEventListener('abort', () => channel?.close());
    }
  }
  // Without payload: whoever hears it reads the cookies, so there is nothing to forge and nothing to leak.
  return () => channel?.postMessage(null);
};
