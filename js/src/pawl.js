/* @ts-self-types="../types/pawl.d.ts" */

// Sessions that stay signed in and really sign out: the browser's part. Everything here is policy about *when* to ask; what a
// session is, and whether it still is one, only the server knows.

import { answerOf } from './answer.js';
import { listen } from './broadcast.js';
import { createClock } from './clock.js';
import { createFetch } from './fetch.js';
import { createLock } from './lock.js';
import { createLogin } from './login.js';
import { createLogout } from './logout.js';
import { PawlError } from './errors.js';
import { createRefresh } from './refresh.js';
import { createWatch } from './sleep.js';
import { createState } from './state.js';

export { PawlError };

/** @typedef {import('./errors.js').PawlErrorCode} PawlErrorCode */

/** @typedef {RequestInit & { headers?: Record<string, string> }} SignInInit */

/**
 * Calls one of the session's own endpoints, named relative to the base.
 * @typedef {(url: string | URL, sid: string | undefined, body: unknown, init?: SignInInit) => Promise<Response>} Post
 */

/**
 * @typedef {object} SessionOptions
 * @property {'cookie' | 'bearer'} [transport] `cookie` (default): tokens never meet script. `bearer`: the access token lives in
 *   this tab's memory and goes along in the `Authorization` header, for APIs on other origins.
 * @property {Iterable<string>} [origins] Further origins that requests may carry the session to, such as
 *   `https://api.example.com`, compared exactly. The origin of `base` always is one; requests to any other pass untouched.
 */

/**
 * What is known of the session. Frozen, and the same object until something changes.
 * @typedef {object} SessionState
 * @property {'signed-in' | 'signed-out'} status
 * @property {string} sid the session's public id; empty when signed out
 * @property {string} generation differs for every access token; empty when there is none
 * @property {number} refreshIn seconds that an access token is fresh for; 0 when signed out
 * @property {boolean} degraded refreshes fail for now; requests that need one wait up to 15 seconds
 */

/**
 * `signedin`, `signedout` and `switched` (to another session, without a sign-out in between) tell of the session; `refreshed`
 * of its access token; `degraded` and `recovered` of the way to the server. `change` follows each of them.
 * @typedef {'signedin' | 'signedout' | 'switched' | 'refreshed' | 'degraded' | 'recovered' | 'change'} SessionEventType
 */

/**
 * @typedef {Event & { type: SessionEventType, reason?: string }} SessionEvent with `signedout` the reason, where it is known:
 *   the server's (`signed_out`, `revoked`, `token_reused`, `idle`, `absolute`, `user_disabled`,
 *   `credentials_changed`) or `refresh_token_invalid`.
 */

/**
 * @typedef {object} Session
 * @property {(input: RequestInfo | URL, init?: RequestInit) => Promise<Response>} fetch
 *   Like `window.fetch`, in the name of the session the caller was told of. Waits up to 15 seconds where a refresh is due, and
 *   repeats the request once if the server asks for a newer access token; a stream as body is sent once. A 401 is what the
 *   server has to say to a session that has ended. Rejects with a `PawlError` if a request could not be made in the name of
 *   its session, else as `window.fetch` does. A redirect to another origin is an error, unless `mode: 'cors'` is asked for.
 * @property {() => Promise<void>} ready
 *   Resolves when a fresh access token is in place: before a WebSocket or an EventSource. Rejects with a `PawlError`.
 * @property {() => Promise<string>} token
 *   A fresh access token of the bearer transport; empty if cookies carry it or nobody is signed in. Rejects with a `PawlError`.
 * @property {Readonly<SessionState>} state What listeners were last told of.
 * @property {(url?: string | URL, body?: unknown, init?: SignInInit) => Promise<Response>} signIn
 *   POSTs `body` as JSON to the application's sign-in endpoint and publishes what came of it. `url` is relative to the base and
 *   `login` by default. The answer is the endpoint's own, also when it refuses. Never repeated.
 * @property {(options?: { scope?: 'current' | 'others' | 'everywhere' }) => Promise<boolean>} signOut
 *   Signs this browser out at once, in all tabs, also offline. True: the server has confirmed. False: it will be told as soon as
 *   it can be reached, by this page or the next one (`others`, which ends only the user's other sessions, is not repeated), or
 *   it has refused. `everywhere` then becomes `current`, and a refusal of that is final. Rejects with a `TypeError`, and does
 *   nothing, where the scope is another.
 * @property {(type: SessionEventType, listener: (event: SessionEvent) => void) => () => void} on
 *   Listens; the function returned stops that.
 * @property {() => void} dispose Removes every listener and timer, and tells nobody of anything any more. Requests under way go on.
 */

/**
 * Joins the session of this browser. One per page is enough; all pages share it. On a server, where there is no document,
 * nobody is signed in and `fetch` is the server's own.
 *
 * @param {string | URL} [base] where the session's endpoints are; default `/auth`
 * @param {SessionOptions} [options]
 * @returns {Session}
 */
export const createSession = (base = '/auth', { transport, origins: listed = [] } = {}) => {
  const { document } = globalThis;
  const { href, hostname } = new URL(`${base}`.replace(/\/?$/, '/'), document?.baseURI ?? 'http://a' /* Any will do: nobody asks it for anything. */);
  const bearer = transport == 'bearer';
  const origins = new Set([href, ...listed].map((url) => new URL(url).origin));
  const gone = new AbortController();
  const signal = gone.signal;
  const events = new EventTarget();

  /** @type {Post} */
  const post = (url, sid, body, init) =>
    fetch(new URL(url, href), {
      method: 'POST',
      body: JSON.stringify(body),
      credentials: 'include',
      ...init,
      headers: { 'Pawl-Session': sid || 'none', 'Content-Type': 'application/json', ...init?.headers },
    });

  let state = /** @type {SessionState} */ ({});
  /** The session that the page was made for; another one only takes its place if the page's code can know. */
  let mine = '';
  const followers = new Set();
  /** @type {boolean | undefined} */
  let lost;

  /**
   * Compares what listeners were last told with what is, and tells them.
   * @param {unknown} [failing] `true`: a refresh failed for a passing reason
   */
  const publish = (failing) => {
    const before = state;
    const { sid = '', generation = '', refreshIn = 0 } = look() ?? {};
    const other = sid != before.sid;
    const newer = other || generation != before.generation;
    const degraded = !newer && (failing === true || before.degraded);
    if (sid && mine && sid != mine && !followers.size) return;
    // A refresh of our own sees the new token too, and ends: listeners are told when the lock is free again.
    if (signal.aborted || (newer ? wake(true) && !other : degraded == before.degraded)) return;

    state = Object.freeze({ status: sid ? 'signed-in' : 'signed-out', sid, generation, refreshIn, degraded });
    if (sid || followers.size) mine = sid;
    if (newer) start(refreshIn, generation);
    if (other && before.sid) {
      bury(before.sid);
      cancel();
    }
    tellTabs();
    for (const type of [
      other ? (before.sid ? (sid ? 'switched' : 'signedout') : 'signedin') : newer && 'refreshed',
      degraded != before.degraded && (degraded ? 'degraded' : 'recovered'),
      'change',
    ])
      if (type) events.dispatchEvent(Object.assign(new Event(type), { reason: buried.get(before.sid) }));
  };

  /** The cookies may have changed. */
  const check = () => {
    publish();
    const before = lost;
    lost = !signal.aborted && look()?.lost;
    // The response to a refresh that was sent before says nothing about this.
    if (lost && !before) cancel();
    if (lost) refresh().catch(() => {});
  };

  const awake = () => {
    check();
    wake();
    resume();
    watch(true).then(() => use(true));
  };

  const speaker = () => {
    use();
    // The session the caller was told of, even if the cookies have become another's since.
    return state.sid || (look() && (mine || look()?.sid));
  };

  const lock = createLock(href);
  const known = createState(!document || hostname == location.hostname, bearer);
  const [look, adopt, bury, buried, doubt] = known;
  const watch = createWatch(doubt);
  const [refresh, wake, cancel] = createRefresh(lock, post, known, publish);
  const login = createLogin(href, lock, post, known);
  const [logout, resume] = createLogout(signal, lock, post);
  const [use, start] = createClock((stale) => refresh(stale).catch(() => {}));
  const [sessionFetch, fresh] = createFetch(origins, bearer, known, refresh, check, speaker, watch);
  const tellTabs = listen(href, signal, check, awake);

  publish(); // Nobody listens yet: what is, is where we start from.
  if (document) awake();

  return {
    fetch: sessionFetch,

    get state() {
      return state;
    },

    async ready() {
      if (!(await fresh())) throw new PawlError('signed_out');
    },

    token: async () => (await fresh())?.token ?? '',

    async signIn(url = 'login', body = {}, init) {
      cancel();
      const response = await login(url, body, init);
      if (response.ok) {
        adopt(await answerOf(response));
        mine = '';
      }
      publish();
      // The event of the cookies may have come first, and published the state already.
      mine ||= state.sid;
      return response;
    },

    async signOut({ scope = 'current' } = {}) {
      const sid = look()?.sid ?? '';
      const done = logout(sid, scope);
      if (scope != 'others') {
        cancel();
        bury(sid, 'signed_out');
        mine = '';
        publish();
      }
      return done;
    },

    on(type, listener) {
      // The signal is not passed on, because it would keep a listener for each. publish() is silent once it has fired.
      events.addEventListener(type, /** @type {EventListener} */ (listener));
      const follower = /^(switched|change)$/.test(type) && {};
      if (follower) followers.add(follower);
      return () => {
        followers.delete(follower);
        events.removeEventListener(type, /** @type {EventListener} */ (listener));
      };
    },

    dispose() {
      gone.abort();
      start();
    },
  };
};
