// A browser with a key for its session: it refreshes by itself, with a proof, before a request without the timer cookie.

/** Requests below these paths do not wait. */
const UNTOUCHED = /^\/auth\/(device|refresh|client)/;

export class Key {
  /** How often the browser has refreshed. */
  refreshes = 0;
  lost = false;
  /** @type {(number | undefined)[]} what the next refreshes get instead of tokens */
  #faults = [];

  /** @param {import('./server.js').Server} server @param {string} sid */
  constructor(server, sid) {
    this.server = server;
    this.sid = sid;
  }

  /** @param {number[]} faults */
  fail(...faults) {
    this.#faults.push(...faults);
  }

  /**
   * What happens before a request.
   * @param {string} path
   * @param {string} host
   * @returns {string | undefined} why the browser has not refreshed although it should have
   */
  before(path, host) {
    const { server, sid } = this;
    const fresh = server.world.jar.get(host)[`${server.readable}fresh`];
    if (this.lost || fresh || UNTOUCHED.test(path)) return;
    const fault = this.#faults.shift();
    if (fault >= 500) return 'server_error';
    this.refreshes++;
    if (fault || server.sessions.get(sid).ended) this.lost = true;
    else server.renew(sid, host, true);
  }
}
