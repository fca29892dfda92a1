// A browser and a server small enough to reason about: one virtual clock, one cookie jar, as many tabs as a test opens. Nothing
// here waits for real time, so that a test of fifteen seconds takes none, and always goes the same way.

import { setMaxListeners } from 'node:events';
import { CookieJar } from './jar.js';
import { Server } from './server.js';
import { Tab } from './tab.js';

export const APP = 'https://app.example.com';
export const API = 'https://api.example.com';

// The tests listen to more than most pages do; Node takes that for a leak.
setMaxListeners(0);

/** Enough turns of the real event loop for every promise that can settle without time passing. */
const settle = async () => {
  for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate);
};

export class World {
  /** The monotonic clock. */
  now = 0;
  /** How long the device has slept, and by how much its clock was set, in ms. */
  slept = 0;
  set = 0;
  online = true;
  latency = 20;
  /** After how many ms a tab's `document.cookie` shows what another tab changed. */
  cookieLag = 0;
  /** What `Math.random` answers in every tab. */
  random = () => 0.5;
  /** @type {{ at: number, run: () => void }[]} */
  timers = [];
  /** @type {Tab[]} */
  tabs = [];
  /** @type {Map<string, { held?: object, waiting: { grant: () => void, tab: Tab }[] }>} */
  locks = new Map();
  /** Every message a BroadcastChannel carried. */
  messages = [];

  /** @param {ConstructorParameters<typeof Server>[1]} [options] */
  constructor(options) {
    this.jar = new CookieJar(this);
    this.server = new Server(this, options);
  }

  /**
   * @param {ConstructorParameters<typeof Tab>[1]} [options]
   */
  open(options) {
    const tab = new Tab(this, options);
    this.tabs.push(tab);
    return tab;
  }

  /** A tab on a page of the application, with a session joined. */
  join({ base, options, ...tab } = {}) {
    const page = this.open(tab);
    page.session = page.pawl.createSession(base, options);
    page.heard = [];
    for (const type of ['signedin', 'signedout', 'switched', 'refreshed', 'degraded', 'recovered'])
      page.session.on(type, ({ reason }) => page.heard.push(reason ? `${type} ${reason}` : type));
    return page;
  }

  /** What servers, and browsers for the lives of their cookies, go by. */
  get wall() {
    return this.now + this.slept;
  }

  /** The device sleeps: the world goes on, and nothing of it does, its monotonic clock included. */
  sleep(ms) {
    for (const tab of this.tabs) tab.copy = tab.document.cookie;
    this.slept += ms;
  }

  /** @param {number} ms */
  after(ms, run) {
    const timer = { at: this.now + ms, run };
    this.timers.push(timer);
    return timer;
  }

  /** Lets so much time pass. */
  pass(ms) {
    return this.#drive(this.now + ms, () => false);
  }

  /** Lets time pass until the promise settles, and settles like it. */
  async run(promise, atMost = 120_000) {
    let settled = false;
    promise.then(
      () => (settled = true),
      () => (settled = true),
    );
    const end = this.now + atMost;
    await this.#drive(end, () => settled);
    if (!settled) throw new Error(`hangs: not settled after ${atMost} ms`);
    return promise;
  }

  /** What comes of the promise, and how long it took. Lets no time pass by itself. */
  watch(promise) {
    const from = this.now;
    const outcome = (result) => ({ ...result, took: this.now - from });
    return promise.then(
      (value) => outcome({ value }),
      (error) => outcome({ error }),
    );
  }

  time(promise) {
    return this.run(this.watch(promise));
  }

  async #drive(end, done) {
    if (this.driven) throw new Error('time passes in one place at a time');
    this.driven = true;
    for (await settle(); !done(); await settle()) {
      const timer = this.#next(end);
      if (!timer) {
        this.now = end;
        break;
      }
      timer.run();
    }
    await settle();
    this.driven = false;
  }

  #next(end) {
    this.timers.sort((a, b) => a.at - b.at);
    const timer = this.timers[0];
    if (!timer || timer.at > end) return;
    this.timers.shift();
    this.now = Math.max(this.now, timer.at);
    return timer;
  }
}
