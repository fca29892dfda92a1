// The cookies of one browser. Lifetimes run on the world's clock.

export class CookieJar {
  /** @type {Map<string, { value: string, httpOnly: boolean, until: number }>} */
  #cookies = new Map();

  constructor(world) {
    this.world = world;
  }

  /** @param {string} host @param {string} line as in Set-Cookie */
  set(host, line, { byScript = false, by } = {}) {
    const [pair, ...attributes] = line.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const attribute = (wanted) => attributes.find((one) => one.split('=')[0].toLowerCase() === wanted);
    const maxAge = attribute('max-age')?.split('=')[1];
    const httpOnly = !!attribute('httponly');
    if (byScript && (httpOnly || name.startsWith('__Host-Http-'))) return;
    if (name.startsWith('__Host-') && !(attribute('secure') && attribute('path') === 'Path=/')) return;

    const before = this.script(host);
    const key = `${host} ${name}`;
    // As the browsers do it: an empty or malformed Max-Age is no Max-Age.
    const until = /^-?\d+$/.test(maxAge ?? '') ? this.world.wall + maxAge * 1000 : Infinity;
    if (until <= this.world.wall) this.#cookies.delete(key);
    else this.#cookies.set(key, { value, httpOnly, until });

    for (const tab of this.world.tabs) if (tab.host === host) tab.cookiesChanged(by, before);
  }

  /** @param {string} host */
  get(host, { byScript = false } = {}) {
    const found = {};
    for (const [key, { value, httpOnly, until }] of this.#cookies) {
      const [owner, name] = key.split(' ');
      if (owner === host && until > this.world.wall && !(byScript && httpOnly)) found[name] = value;
    }
    return found;
  }

  /** @param {string} host */
  script(host) {
    return Object.entries(this.get(host, { byScript: true }))
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
  }
}
