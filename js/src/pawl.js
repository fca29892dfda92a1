/* @ts-self-types="../types/pawl.d.ts" */

// The browser's part of a session. It only decides when to ask; the server alone says whether a session is still alive.

import { answerOf } from './answer.js';
import { listen } from './broadcast.js';
import { createClock } from './clock.js';
import { createCookies } from './cookies.js';
import { PawlError } from './errors.js';
import { createFetch } from './fetch.js';
import { createFresh } from './fresh.js';
import { createLock } from './lock.js';
import { createLogin } from './login.js';
import { createLogout } from './logout.js';
import { COOKIE_NAME } from './name.js';
import { createPost } from './post.js';
import { createRefresh } from './refresh.js';
import { createCatchUp } from './sleep.js';
import { createState } from './state.js';

export { PawlError };

/** @typedef {import('../types/pawl.d.ts').SessionState} SessionState */

/** @type {typeof import('../types/pawl.d.ts').createSession} */
export const createSession = (base = '/auth', { transport, origins: listed = [], cookieName = COOKIE_NAME } = {}) => {
  const { document } = globalThis;
  // On a server there is no page. Any URL will do there, because nothing is sent to it.
  const { href, hostname } = new URL(`${base}`.replace(/\/?$/, '/'), document?.baseURI ?? 'http://a');
  const bearer = transport === 'bearer';
  const origins = new Set([href, ...listed].map((url) => new URL(url).origin));
  const disposed = new AbortController();
  const { signal } = disposed;
  const events = new EventTarget();

  let state = /** @type {SessionState} */ ({});
  /** The session that the page was made for. Another one takes its place only if the page's code can know. */
  let pageSid = '';
  const followers = new Set();
  /** @type {boolean | undefined} */
  let lost;

  /**
   * Compares what listeners were last told with the session as it is now, and tells them.
   * @param {boolean} [failing] a refresh failed for a passing reason
   */
  const publish = (failing) => {
    const before = state;
    const { sid = '', generation = '', refreshIn = 0, bound = false } = known.look() ?? {};
    const other = sid !== before.sid;
    const newer = other || generation !== before.generation;
    const degraded = !newer && (failing || before.degraded);
    if (sid && pageSid && sid !== pageSid && !followers.size) return;
    // A refresh under way sees the new token too, and ends: listeners are told when the lock is free again.
    if (signal.aborted || (newer ? retryNow(true) && !other : degraded === before.degraded)) return;

    state = Object.freeze({ status: sid ? 'signed-in' : 'signed-out', sid, generation, refreshIn, bound, degraded });
    if (sid || followers.size) pageSid = sid;
    if (newer) clock.start(bound ? 0 : refreshIn, generation);
    if (other && before.sid) {
      known.forget(before.sid);
      abort();
    }
    tellTabs();

    const reason = known.ended.get(before.sid);
    /** @param {string} type */
    const tell = (type) => events.dispatchEvent(Object.assign(new Event(type), { reason }));
    if (other && before.sid) tell(sid ? 'switched' : 'signedout');
    else if (other) tell('signedin');
    else if (newer) tell('refreshed');
    if (degraded !== before.degraded) tell(degraded ? 'degraded' : 'recovered');
    tell('change');
  };

  /** The cookies may have changed. */
  const check = () => {
    publish();
    const before = lost;
    lost = !signal.aborted && known.look()?.lost;
    // The response to a refresh that was sent before says nothing about the loss.
    if (lost && !before) abort();
    if (lost) refresh().catch(() => {});
  };

  /** The page, the user or the network is back. */
  const onAwake = () => {
    check();
    retryNow();
    resume();
    catchUp(true).then(clock.onAwake);
  };

  const currentSid = () => {
    clock.markUsed();
    // The session the caller was told of, even if the cookies are another session's by now.
    return state.sid || (known.look() && (pageSid || known.look()?.sid));
  };

  const lock = createLock(href);
  const post = createPost(href);
  const cookies = createCookies(cookieName);
  const known = createState(!document || hostname === location.hostname, bearer, cookies);
  const catchUp = createCatchUp(known.doubt);
  const { refresh, retryNow, abort } = createRefresh(lock, post, known, publish);
  const login = createLogin(href, lock, post, known);
  const { logout, resume } = createLogout(signal, lock, post, cookies);
  const clock = createClock((stale) => refresh(stale).catch(() => {}));
  const fresh = createFresh(known, refresh, check, catchUp);
  const tellTabs = listen(href, signal, check, onAwake);

  publish(); // Initializes the state; there are no listeners yet.
  if (document) onAwake();

  return {
    fetch: createFetch({ origins, bearer, known, fresh, check, currentSid }),

    get state() {
      return state;
    },

    async ready() {
      if (!(await fresh(currentSid()))) throw new PawlError('signed_out');
    },

    token: async () => (await fresh(currentSid()))?.token ?? '',

    async signIn(url = 'login', body = {}, init) {
      abort();
      const response = await login(url, body, init);
      if (response.ok) {
        known.accept(await answerOf(response));
        pageSid = '';
      }
      publish();
      // The event of the cookies may have come first, and published the state already.
      pageSid ||= state.sid;
      return response;
    },

    async signOut({ scope = 'current' } = {}) {
      const sid = known.look()?.sid ?? '';
      const done = logout(sid, scope);
      if (scope !== 'others') {
        abort();
        known.forget(sid, 'signed_out');
        pageSid = '';
        publish();
      }
      return done;
    },

    on(type, listener) {
      // The signal is not passed on, because it would keep a listener for each. publish() is silent once it has fired.
      events.addEventListener(type, /** @type {EventListener} */ (listener));
      const follower = {};
      if (type === 'switched' || type === 'change') followers.add(follower);
      return () => {
        followers.delete(follower);
        events.removeEventListener(type, /** @type {EventListener} */ (listener));
      };
    },

    dispose() {
      disposed.abort();
      clock.start();
    },
  };
};
