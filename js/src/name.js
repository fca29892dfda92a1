/**
 * The middle of the cookies' names, unless a page gives another. The server writes this file itself, with its own option
 * `CookieName`. So a page that loads the client from its server need not give it.
 */
export const COOKIE_NAME = 'pawl';
