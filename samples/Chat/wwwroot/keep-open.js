import { session } from './session.js';

// Opens a connection, and opens it again when it has ended, until the signal fires.
export const keepOpen = async (signal, open) => {
  for (let pause = 500; !signal.aborted; ) {
    const start = performance.now();
    try {
      // This refreshes if it must, and learns whether the session has ended. A connection that is refused does not tell a page why.
      const { ok } = await session.fetch('/auth/verify', { signal });
      if (ok && !signal.aborted) await open();
    } catch {
      // The server does not answer. That signs no user out.
    }
    // A connection that has lasted is opened again soon. Otherwise the pauses grow.
    pause = performance.now() - start > 30_000 ? 500 : Math.min(pause * 2, 30_000);
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
  }
};
