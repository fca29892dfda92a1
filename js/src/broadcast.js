// How a tab learns that another tab, or a page rendered by the server, has changed the cookies.

/**
 * @param {string} name
 * @param {AbortSignal} signal ends the listening
 * @param {() => void} onChange the cookies may have changed
 * @param {() => void} onAwake the page, the user or the network is back
 * @returns {() => void} tells the other tabs, where the browser does not do so itself
 */
export const listen = (name, signal, onChange, onAwake) => {
  const { document, cookieStore, BroadcastChannel } = globalThis;
  /** @type {BroadcastChannel | undefined} */
  let channel;
  // Browsers deliver the message and the cookies on two ways, and the message is often faster. So the tab looks twice.
  const onMessage = () => {
    for (const ms of [0, 100]) setTimeout(onChange, ms);
  };
  if (document) {
    for (const type of ['pageshow', 'focus', 'online', 'visibilitychange']) addEventListener(type, onAwake, { signal });
    if (cookieStore) cookieStore.addEventListener('change', onMessage, { signal });
    else if (BroadcastChannel) {
      channel = new BroadcastChannel(name);
      channel.onmessage = onMessage;
      signal.addEventListener('abort', () => channel?.close());
    }
  }
  // The message has no content: each tab reads the cookies itself, so there is nothing to forge and nothing to leak.
  return () => channel?.postMessage(null);
};
