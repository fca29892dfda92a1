// What `pawl` promises to its users. Written by hand; the tests compile each example and check the source against this file.

/** Options of {@link createSession}. */
export interface SessionOptions {
  /**
   * How requests carry the session. Default `cookie`.
   *
   * - `cookie`: the tokens are in cookies that script cannot read.
   * - `bearer`: the access token is in the memory of this tab and goes along in the `Authorization` header, for APIs on other
   *   origins. The server has to start the session with this transport.
   *
   * @example
   * createSession('/auth', { transport: 'bearer', origins: ['https://api.example.com'] });
   */
  transport?: 'cookie' | 'bearer';

  /**
   * Further origins that requests may carry the session to. Origins are compared exactly. The origin of `base` is always one.
   * Requests to all other origins are sent unchanged.
   *
   * @example
   * createSession('/auth', { origins: ['https://api.example.com', 'https://files.example.com:8443'] });
   */
  origins?: Iterable<string>;

  /**
   * The server's option `CookieName`: the middle of the cookies' names, which differ if several apps share a host name. The
   * default is `pawl`, or what the server has set if the page loads the client from the server. A name that the server does not
   * allow is a `TypeError`.
   *
   * @example
   * createSession('/auth', { cookieName: 'shop' });
   */
  cookieName?: string;
}

/** What is known of the session. Frozen, and the same object until something changes. */
export interface SessionState {
  /** Whether the user is signed in, as far as this browser knows. */
  readonly status: 'signed-in' | 'signed-out';

  /** The session's public id, which is no secret. Empty when signed out. */
  readonly sid: string;

  /** Differs for each access token. Empty when there is none. */
  readonly generation: string;

  /** Seconds that an access token is fresh for, counted from its issue. 0 when signed out. */
  readonly refreshIn: number;

  /**
   * The browser has a key of this device for the session, and refreshes by itself before a request that needs it. False in browsers
   * that cannot do so, and for the first moment after a sign-in.
   */
  readonly bound: boolean;

  /** Refreshes fail for now. Requests that need one wait up to 15 seconds. */
  readonly degraded: boolean;
}

/**
 * - `signedin`, `signedout`: in this tab, in another one, or by a page rendered by the server.
 * - `switched`: another session has taken the place of this one, without a sign-out in between.
 * - `refreshed`: there is a new access token.
 * - `degraded`, `recovered`: refreshes fail for now, or work again.
 * - `change`: follows each of the others.
 */
export type SessionEventType = 'signedin' | 'signedout' | 'switched' | 'refreshed' | 'degraded' | 'recovered' | 'change';

/** What a listener gets. `session.state` has changed before it is called. */
export interface SessionEvent extends Event {
  /** Which event this is. */
  readonly type: SessionEventType;

  /**
   * Why the session has ended, if it is known: the server's reason (`signed_out`, `revoked`, `token_reused`, `idle`, `absolute`,
   * `user_disabled`, `credentials_changed`, `replaced`), `refresh_token_invalid`, or `device_proof_required` and
   * `reauthentication_required` if the app demands a key of the device that this browser does not have. `signed_out` is a sign-out on this device, and
   * `revoked` one from another device or by an administrator. New servers may give further reasons.
   */
  readonly reason?: string;
}

/** What {@link Session.signIn} takes besides the URL and the body. */
export type SignInInit = RequestInit & { headers?: Record<string, string> };

/** Which sessions {@link Session.signOut} ends. */
export interface SignOutOptions {
  /**
   * - `current` (default): the session of this browser.
   * - `others`: the user's other sessions.
   * - `everywhere`: all sessions of the user.
   */
  scope?: 'current' | 'others' | 'everywhere';
}

/** The session of this browser, which all its pages share. */
export interface Session {
  /**
   * Like `window.fetch`, in the name of the session that the page was last told of.
   *
   * It waits up to 15 seconds if a refresh is due. It repeats the request once if the server asks for a newer access token; a
   * stream as body is sent only once. A 401 of the Pawl server that is left means that the session has ended. A redirect to
   * another origin is an error, unless `mode: 'cors'` is given.
   *
   * Rejects with a {@link PawlError} if the request could not be made in the name of its session, else as `window.fetch` does.
   *
   * @example
   * const response = await session.fetch('/api/orders', { method: 'POST', body: JSON.stringify({ book: 1 }) });
   * if (response.ok) console.log(await response.json());
   */
  fetch: (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

  /**
   * Resolves when a fresh access token is in place. Await it before opening a WebSocket or an EventSource, which cannot wait. It does
   * not ask whether the session has ended on another device; `fetch` learns that from any response.
   *
   * Rejects with a {@link PawlError}.
   *
   * @example
   * await session.ready();
   * const socket = new WebSocket(`/live?pawl_session=${session.state.sid}`);
   */
  ready: () => Promise<void>;

  /**
   * A fresh access token of the transport `bearer`. Empty if cookies carry the session or the user is signed out. Do not store
   * it: ask again for each use.
   *
   * Rejects with a {@link PawlError}.
   *
   * @example
   * const headers = { Authorization: `Bearer ${await session.token()}` };
   */
  token: () => Promise<string>;

  /**
   * What listeners were last told.
   *
   * @example
   * if (session.state.status === 'signed-out') location.assign('/login');
   */
  readonly state: SessionState;

  /**
   * Posts `body` as JSON to the application's sign-in endpoint and tells the listeners what came of it.
   *
   * Resolves to the endpoint's own response, also when it refuses; check `ok`. It is sent once and not repeated. Rejects as
   * `window.fetch` does.
   *
   * @param url relative to the base; default `login`
   * @param body default `{}`
   * @example
   * const response = await session.signIn('/login', { name: 'ada', password: 'hunter2' });
   * if (!response.ok) console.log('Wrong name or password.');
   */
  signIn: (url?: string | URL, body?: unknown, init?: SignInInit) => Promise<Response>;

  /**
   * Signs out this browser at once, in all tabs, also offline. With the scope `others` it stays signed in.
   *
   * Resolves to true if the server has confirmed it. False: the server refuses it, or it will be told as soon as it can be
   * reached, by this page or the next. `others` is not repeated. If the server refuses `everywhere`, `current` takes its place;
   * if it refuses that, it is not asked again.
   *
   * Rejects with a `TypeError`, and does nothing, if the scope is another.
   *
   * @example
   * const confirmed = await session.signOut({ scope: 'everywhere' });
   * if (!confirmed) console.log('Your other devices will be signed out when the network is back.');
   */
  signOut: (options?: SignOutOptions) => Promise<boolean>;

  /**
   * Listens to events of one type. Returns a function that stops it.
   *
   * A page that listens to `switched` or `change` goes on in the new session when another user signs in in another tab. For a
   * page that listens to neither, requests then reject with `session_switched` until it is loaded again.
   *
   * @example
   * session.on('switched', () => location.reload());
   * const stop = session.on('signedout', ({ reason }) => console.log('signed out', reason));
   * stop();
   */
  on: (type: SessionEventType, listener: (event: SessionEvent) => void) => () => void;

  /**
   * Removes all listeners and timers; no listener is called any more. Requests under way go on.
   *
   * @example
   * session.dispose();
   */
  dispose: () => void;
}

/**
 * Joins the session of this browser. One for each page is enough; all pages share it. On a server, where there is no document,
 * the user is signed out and `fetch` is the server's own.
 *
 * @param base where the session's endpoints are; default `/auth`
 * @example
 * import { createSession } from 'pawl';
 *
 * const session = createSession();
 * session.on('change', () => console.log(session.state.status));
 */
export declare const createSession: (base?: string | URL, options?: SessionOptions) => Session;

/**
 * - `refresh_unavailable`: there was no fresh access token within 15 seconds. The session has not ended; try again later.
 * - `session_switched`: this browser is in another session by now, and the request was not run in its name.
 * - `signed_out`: there is no session to be ready for.
 */
export type PawlErrorCode = 'refresh_unavailable' | 'session_switched' | 'signed_out';

/**
 * What `fetch`, `ready` and `token` reject with. Network faults stay the `TypeError` that the browser makes of them.
 *
 * @example
 * import { createSession, PawlError } from 'pawl';
 *
 * await createSession()
 *   .ready()
 *   .catch((error: unknown) => {
 *     if (error instanceof PawlError && error.code === 'signed_out') location.assign('/login');
 *   });
 */
export declare class PawlError extends Error {
  constructor(code: PawlErrorCode);
  name: string;

  /** Stable: made for a `switch`. */
  code: PawlErrorCode;
}
