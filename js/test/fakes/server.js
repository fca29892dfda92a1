// A server that keeps the contract between Pawl's server and its clients, and can be told to fail in every way a network can.

import { Key } from './key.js';

const problem = (status, code, { reason, ...headers } = {}) =>
  new Response(JSON.stringify({ type: 'about:blank', title: code, status, code, reason }), {
    status,
    headers: { 'Content-Type': 'application/problem+json', ...headers },
  });

/** A problem of our server, which names itself in a header, too. */
const refusal = (status, code, { reason, ...headers } = {}) =>
  problem(status, code, { reason, 'Pawl-Problem': reason ? `${code};reason=${reason}` : code, ...headers });

const json = (body, init) =>
  new Response(JSON.stringify(body), { ...init, headers: { 'Content-Type': 'application/json', ...init?.headers } });

const challenge = { 'WWW-Authenticate': 'Bearer error="invalid_token"' };

export class Server {
  /**
   * @type {{
   *   tab: object, url: URL, path: string, method: string, headers: Headers, body: string, at: number,
   *   mode: string, credentials: string, keepalive: boolean, cookies: object
   * }[]}
   */
  log = [];
  /** Sessions by id. */
  sessions = new Map();
  /** What the next requests to a path get instead of an answer: a response, or a function that makes one. */
  faults = new Map();
  /** Routes of the application. */
  routes = new Map();
  #issued = 0;

  /** `name`: the middle of the cookies' names. `root`: the path that the app lies below. */
  constructor(world, { life = 300, refreshIn = 240, bearer = false, name = 'pawl', root = '' } = {}) {
    const [readable, secret] = [`__Host-${name}-`, `__Host-Http-${name}-`];
    Object.assign(this, { world, life, refreshIn, bearer, root, readable, secret });
    this.names = [`${secret}access`, `${secret}refresh`, `${secret}signin`, `${readable}session`, `${readable}fresh`];
  }

  /** The cookie that only a sign-in writes. */
  #newest(sid) {
    return `${this.secret}signin=${sid}; HttpOnly; Secure; Path=/; SameSite=Strict; Max-Age=3600`;
  }

  /** Whose the browser is, by its cookies. */
  #owner(cookies) {
    return cookies[`${this.secret}signin`] ?? cookies[`${this.secret}refresh`]?.split(':')[0];
  }

  /** Requests to this path, in order. */
  to(path) {
    return this.log.filter((request) => request.path === path);
  }

  get refreshes() {
    return this.to('/auth/refresh').length;
  }

  /**
   * The next answers to `path`: `503`, `'lost'` (done, but the answer never arrives), `'unreachable'`, or `(request) => Response`.
   */
  fail(path, ...faults) {
    this.faults.set(path, [...(this.faults.get(path) ?? []), ...faults]);
  }

  route(path, handle) {
    this.routes.set(path, handle);
  }

  /** Signs in without a request, as a plain page of the server does. */
  signIn(user = 'ada', host = 'app.example.com') {
    const sid = `${user}${++this.#issued}`.padEnd(22, '_');
    const replaced = this.#owner(this.world.jar.get(host));
    if (this.sessions.has(replaced)) this.sessions.get(replaced).ended ??= 'signed_out';
    this.sessions.set(sid, { user });
    for (const line of [...this.#cookies(sid), this.#newest(sid)]) this.world.jar.set(host, line);
    return sid;
  }

  /** Binds a session to a key of the browser. */
  bind(sid, host = 'app.example.com') {
    this.key = new Key(this, sid);
    this.renew(sid, host, true);
  }

  /** Gives a browser new cookies, with a proof or without. */
  renew(sid, host, proved) {
    this.sessions.get(sid).proved = proved;
    for (const line of this.#cookies(sid)) this.world.jar.set(host, line);
  }

  /** Ends a session without telling the browser. */
  end(sid, reason = 'revoked') {
    this.sessions.get(sid).ended = reason;
  }

  signOut(host = 'app.example.com') {
    for (const name of this.names)
      this.world.jar.set(host, `${name}=; Max-Age=0; Secure; Path=/; SameSite=Strict`);
  }

  /** Lets the access token be refused before its time. */
  forgetKeys() {
    this.keysFrom = this.#issued;
  }

  #cookies(sid) {
    const generation = `g${++this.#issued}`;
    const common = 'Secure; Path=/; SameSite=Strict';
    const mark = this.sessions.get(sid).proved ? '.b' : '';
    this.token = `${sid}:${this.#issued}:${this.world.wall + this.life * 1000}`;
    return [
      ...(this.bearer ? [] : [`${this.secret}access=${this.token}; HttpOnly; ${common}; Max-Age=${this.life + 30}`]),
      `${this.secret}refresh=${sid}:${this.#issued}; HttpOnly; ${common}; Max-Age=1209600`,
      `${this.readable}session=${sid}.${generation}.${this.refreshIn}${mark}; ${common}; Max-Age=1209600`,
      `${this.readable}fresh=${generation}; ${common}; Max-Age=${this.refreshIn}`,
    ];
  }

  /** Issues a new access token for a session: an answer, and its cookies. */
  #issue(sid) {
    const cookies = this.#cookies(sid);
    const response = json({
      sid,
      sub: this.sessions.get(sid).user,
      expires_in: this.life,
      refresh_in: this.refreshIn,
      session_expires_in: 1209600,
      ...(this.bearer && { access_token: this.token, token_type: 'Bearer' }),
    });
    return Object.assign(response, { cookies });
  }

  /** Carries a request there and its answer back, on the world's time. */
  async network(tab, request, { arrives, answer, fail }) {
    const { world } = this;
    const url = new URL(request.url);
    const path = url.pathname.slice(this.root.length);
    const body = await request.text();
    world.after(world.latency, async () => {
      if (!world.online) return world.after(world.latency, () => fail('Failed to fetch'));
      const fault = this.faults.get(path)?.shift();
      const sameOrigin = url.origin === tab.url.origin;
      if (request.mode === 'same-origin' && !sameOrigin) return fail('Failed to fetch');
      const credentials = request.credentials === 'include' || (request.credentials === 'same-origin' && sameOrigin);
      const skipped = credentials && this.key?.before(path, url.hostname);
      if (skipped) request.headers.set('Secure-Session-Skipped', skipped);
      const cookies = credentials ? world.jar.get(url.hostname) : {};
      const { method, headers, mode, keepalive } = request;
      const entry = { tab, url, path, method, headers, body, at: world.now, mode, credentials: request.credentials, keepalive, cookies };
      this.log.push(entry);

      if (fault === 'unreachable') return fail('Failed to fetch');
      const response =
        typeof fault === 'number' ? new Response('<p>nothing of ours</p>', { status: fault })
        : typeof fault === 'function' ? fault(entry)
        : this.answer(entry);
      const delay = response.delay ?? world.latency;
      world.after(delay, () => {
        if (fault === 'lost' || !world.online) return fail('Failed to fetch');
        if (!arrives()) return;
        if (credentials) for (const line of response.cookies ?? []) world.jar.set(url.hostname, line, { by: tab });
        const to = response.status === 307 && new URL(response.headers.get('Location'), url);
        if (to) return this.#redirect(tab, request, body, to, { arrives, answer, fail });
        const landed = { url: request.url, redirected: !!request.redirectedTo };
        const { status, headers: answered } = response;
        const bare = method === 'HEAD' ? new Response(null, { status, headers: answered }) : response;
        for (const [name, value] of Object.entries(landed)) Object.defineProperty(bare, name, { value });
        world.after(0, () => answer(bare));
      });
    });
  }

  #redirect(tab, request, body, to, reply) {
    const headers = new Headers(request.headers);
    if (to.origin !== new URL(request.url).origin) {
      if (request.mode === 'same-origin') return reply.fail('Failed to fetch');
      headers.delete('Authorization');
    }
    const { method, mode, credentials } = request;
    const next = new Request(to, { method, headers, mode, credentials, body: body || undefined });
    this.network(tab, Object.assign(next, { redirectedTo: to }), reply);
  }

  /** What an undisturbed server says to a request. */
  answer({ path, url, method, headers, body, cookies }) {
    const sid = this.#owner(cookies);
    const session = this.sessions.get(sid);
    const named = headers.get('Pawl-Session');
    if (sid && named && named !== 'none' && named !== sid) return refusal(409, 'session_switched');

    if (path.startsWith('/auth/') && method === 'POST' && headers.get('Content-Type') !== 'application/json')
      return refusal(415, 'unsupported');

    switch (path) {
      case '/auth/login': {
        const { email, password } = JSON.parse(body);
        if (password !== 'hunter2') return refusal(401, 'invalid_credentials', { 'WWW-Authenticate': 'Bearer' });
        if (session) session.ended ??= 'signed_out';
        const fresh = `${email}${++this.#issued}`.padEnd(22, '_');
        this.sessions.set(fresh, { user: email });
        const response = this.#issue(fresh);
        response.cookies.push(this.#newest(fresh));
        return response;
      }
      case '/auth/refresh':
        if (!session) return refusal(401, 'refresh_token_invalid', challenge);
        if (session.ended) return refusal(401, 'session_ended', { reason: session.ended, ...challenge });
        // `keyless`: what the app does about a session whose key is lost.
        if (session.proved && this.keyless) return refusal(...this.keyless);
        session.proved = false;
        return this.#issue(sid);
      case '/auth/fresh':
        return headers.has('Secure-Session-Skipped')
          ? refusal(503, 'device_proof_delayed', { 'Retry-After': '1' })
          : new Response(null, { status: 204 });
      case '/auth/logout': {
        const scope = body ? JSON.parse(body).scope ?? 'current' : 'current';
        if (!/^(current|others|everywhere)$/.test(scope)) return refusal(400, 'invalid_request');
        for (const [id, one] of this.sessions)
          if (scope === 'current' ? id === sid : one.user === session?.user && !(scope === 'others' && id === sid))
            one.ended ??= 'signed_out';
        const names = scope === 'others' ? [] : this.names;
        const deleted = names.map((name) => `${name}=; Max-Age=0; Secure; Path=/; SameSite=Strict`);
        return Object.assign(new Response(null, { status: 204 }), { cookies: deleted });
      }
    }

    const access = cookies[`${this.secret}access`];
    // An access token of an earlier session than the newest sign-in's is not looked at.
    const token = headers.get('Authorization')?.replace('Bearer ', '') ?? (access?.startsWith(`${sid}:`) ? access : undefined);
    const [whose, number, expires] = token?.split(':') ?? [];
    const user = this.sessions.get(whose);
    const handle = this.routes.get(path);
    if (handle) return handle({ url, method, headers, body, user: user?.user });
    if (!token && sid) return refusal(401, 'access_token_expired', challenge);
    if (!token) return refusal(401, 'authentication_required', { 'WWW-Authenticate': 'Bearer' });
    if (!user) return refusal(401, 'access_token_invalid', challenge);
    if (user.ended) return refusal(401, 'session_ended', { reason: user.ended, ...challenge });
    if (expires <= this.world.wall) return refusal(401, 'access_token_expired', challenge);
    if (number <= this.keysFrom) return refusal(401, 'access_token_invalid', challenge);
    return json({ user: user.user, method, body });
  }
}

export { challenge, json, problem, refusal };
