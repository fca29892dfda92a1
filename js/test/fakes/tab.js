// One tab: the globals that a page sees, on the world's clock, jar, network and locks.

import { load } from './client.js';

export class Tab {
  frozen = false;
  closed = false;
  /** @type {string | undefined} what `document.cookie` still says, while a change by another tab has not reached it */
  late;
  /** @type {string | undefined} what `document.cookie` still says after a sleep */
  copy;
  /** @type {(() => void)[]} what happened while it was frozen */
  backlog = [];

  /**
   * @param {import('./world.js').World} world
   * @param {{ url?: string, visible?: boolean, without?: string[] }} [options] `without`: globals this browser lacks, of
   *   `locks`, `cookieStore` and `BroadcastChannel`
   */
  constructor(world, { url = 'https://app.example.com/', visible = true, without = [] } = {}) {
    this.world = world;
    this.url = new URL(url);
    this.host = this.url.hostname;
    this.window = new EventTarget();
    this.cookieStore = without.includes('cookieStore') ? undefined : Object.assign(new EventTarget(), { get: () => this.#reread() });
    this.timers = new Set();
    this.listeners = 0;
    this.channels = new Set();
    const tab = this;

    const document = {
      baseURI: this.url.href,
      visibilityState: visible ? 'visible' : 'hidden',
      get cookie() {
        return tab.copy ?? tab.late ?? world.jar.script(tab.host);
      },
      set cookie(line) {
        world.jar.set(tab.host, line, { byScript: true });
      },
    };
    this.document = document;

    const globals = {
      document,
      location: this.url,
      navigator: without.includes('locks') ? {} : { locks: { request: (...args) => this.#lock(...args) } },
      addEventListener: (type, listener, options) => this.window.addEventListener(type, listener, options),
      cookieStore: this.cookieStore,
      BroadcastChannel: without.includes('BroadcastChannel') ? undefined : this.#broadcastChannel(),
      fetch: (input, init) => this.fetch(input, init),
      setTimeout: (run, ms, ...args) => this.#setTimeout(() => run(...args), ms),
      clearTimeout: (timer) => this.timers.delete(timer),
      performance: { now: () => world.now },
      AbortSignal: { any: (signals) => AbortSignal.any(signals), timeout: (ms) => this.#abortAfter(ms) },
      Math: Object.assign(Object.create(Math), { random: () => world.random() }),
      // Lifetimes are the server's to say, on no clock of the device. It may be read to notice a sleep.
      Date: new Proxy(Date, {
        get: (_, name) => {
          if (name !== 'now') throw new Error(`Date.${String(name)} was used`);
          return () => world.wall + world.set;
        },
        construct: () => { throw new Error('new Date was used'); },
      }),
    };
    globals.globalThis = globals;
    /** @type {typeof import('../../src/pawl.js')} */
    this.pawl = load(globals);
  }

  /** Runs in this tab: now, or when it thaws, or never. */
  task(run) {
    if (this.closed) return;
    if (this.frozen) this.backlog.push(run);
    else run();
  }

  /** A look into the browser's own store brings the page's copy up to date. */
  #reread() {
    return new Promise((resolve) => this.world.after(1, () => this.task(() => ((this.copy = undefined), resolve(null)))));
  }

  #setTimeout(run, ms) {
    const timer = this.world.after(ms, () => this.timers.has(timer) && this.task(() => this.timers.delete(timer) && run()));
    this.timers.add(timer);
    return timer;
  }

  #abortAfter(ms) {
    const controller = new AbortController();
    // Not among `timers`: nobody has to clear these.
    this.world.after(ms, () => this.task(() => controller.abort(new DOMException('The operation timed out.', 'TimeoutError'))));
    return controller.signal;
  }

  show(visible = true) {
    this.document.visibilityState = visible ? 'visible' : 'hidden';
    this.emit('visibilitychange');
  }

  emit(type) {
    this.window.dispatchEvent(new Event(type));
  }

  freeze() {
    this.frozen = true;
  }

  thaw() {
    this.frozen = false;
    for (const run of this.backlog.splice(0)) this.task(run);
  }

  /** As by closing it or leaving the page: locks are released, only `keepalive` requests go on. */
  close() {
    this.closed = true;
    for (const lock of this.world.locks.values()) if (lock.held?.tab === this) lock.held.release();
  }

  /**
   * A tab hears of the cookies of its own answers before it has those in hand; others a little later, and the news may be
   * there before the cookies are.
   */
  cookiesChanged(by, before) {
    if (by !== this && this.world.cookieLag && this.late === undefined) {
      this.late = before;
      this.world.after(this.world.cookieLag, () => (this.late = undefined));
    }
    if (this.cookieStore)
      this.world.after(by === this ? 0 : 15, () => this.task(() => this.cookieStore.dispatchEvent(new Event('change'))));
  }

  /** @returns {Promise<Response>} */
  async fetch(input, init = {}) {
    const request = new Request(input instanceof Request ? input : new URL(input, this.url), init);
    const { keepalive } = init;
    return new Promise((resolve, reject) => {
      const abort = () => this.task(() => reject(request.signal.reason));
      if (request.signal.aborted) return abort();
      request.signal.addEventListener('abort', abort);
      this.world.server.network(this, request, {
        // Cookies of an answer are kept by the browser, also when the page is gone, if the request was to outlive it.
        arrives: () => (keepalive || !this.closed) && !request.signal.aborted,
        answer: (response) => this.task(() => ((this.copy = undefined), resolve(response))),
        fail: (message) => this.task(() => reject(new TypeError(message))),
      });
    });
  }

  #lock(name, { signal, steal } = {}, run) {
    const { locks } = this.world;
    if (!locks.has(name)) locks.set(name, { waiting: [] });
    const lock = locks.get(name);
    const next = () => {
      const waiting = lock.waiting.shift();
      if (waiting) waiting.grant();
    };
    return new Promise((resolve, reject) => {
      const request = {
        tab: this,
        grant: () => {
          if (this.closed) return next();
          signal?.removeEventListener('abort', abort);
          const release = () => {
            if (lock.held !== held) return;
            lock.held = undefined;
            next();
          };
          const robbed = () => this.task(() => reject(new DOMException('The lock was stolen.', 'AbortError')));
          const held = (lock.held = { tab: this, release, robbed });
          this.task(() =>
            Promise.resolve(run({ name })).then(
              (value) => (release(), resolve(value)),
              (error) => (release(), reject(error)),
            ),
          );
        },
      };
      const abort = () => {
        lock.waiting = lock.waiting.filter((one) => one !== request);
        reject(signal.reason);
      };
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      if (steal) {
        lock.held?.robbed();
        request.grant();
      } else if (lock.held) lock.waiting.push(request);
      else request.grant();
    });
  }

  #broadcastChannel() {
    const tab = this;
    return class {
      onmessage = () => {};
      constructor(name) {
        this.name = name;
        tab.channels.add(this);
      }
      postMessage(data) {
        if (!tab.channels.has(this)) throw new DOMException('closed', 'InvalidStateError');
        tab.world.messages.push(data);
        for (const other of tab.world.tabs)
          for (const channel of other.channels)
            if (channel !== this && channel.name === this.name) tab.world.after(1, () => other.task(() => channel.onmessage({ data })));
      }
      close() {
        tab.channels.delete(this);
      }
    };
  }
}
