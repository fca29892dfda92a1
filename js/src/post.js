// Requests to the session's own endpoints.

/** @typedef {import('../types/pawl.d.ts').SignInInit} SignInInit */

/**
 * Sends a POST with a JSON body. The URL is relative to the base. `sid` names the session that the caller means, if it knows one.
 * @typedef {(url: string | URL, sid: string | undefined, body: unknown, init?: SignInInit) => Promise<Response>} Post
 */

/**
 * @param {string} href the base
 * @returns {Post}
 */
export const createPost = (href) => (url, sid, body, init) =>
  fetch(new URL(url, href), {
    method: 'POST',
    body: JSON.stringify(body),
    credentials: 'include',
    ...init,
    headers: { 'Pawl-Session': sid || 'none', 'Content-Type': 'application/json', ...init?.headers },
  });
