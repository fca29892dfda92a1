// What the apps around the other clients do alike.

/** One at a time in this page: whoever comes while it runs gets what it comes to. */
export const shared = (work) => {
  let running;
  return () => (running ??= work().finally(() => (running = undefined)));
};

/**
 * A fetch with a bearer token, for libraries that have none. `token()` is what the library says is to be used, and rejects or gives nothing if there is none;
 * `renew()` has it fetch another. A 401 is believed once, and only of a token that is still the one in use.
 */
export const withToken = ({ token, renew }) => {
  const renewOnce = shared(renew);
  const send = (request, used) => {
    if (used) request.headers.set('Authorization', `Bearer ${used}`);
    return fetch(request);
  };
  return async (input, init) => {
    const request = new Request(input, init);
    const used = await token();
    const response = await send(request.clone(), used);
    if (response.status != 401 || !used) return response;
    if ((await token()) == used) await renewOnce();
    const next = await token();
    return next && next != used ? send(request, next) : response;
  };
};

// What a browser says when there is no network or no server; else the library has refused for a reason of its own.
const isUnreachable = (error) => error instanceof TypeError || error?.status === 0;

/** What the scenarios call, for an app that uses fetch. */
export const offer = (send, client) => {
  window.call = (input, init) =>
    send(input, init).then(
      async (response) => ({ status: response.status, body: await response.text() }),
      (error) => ({ status: isUnreachable(error) ? 0 : 1, body: '', error: `${error?.error ?? error}` }),
    );
  window.client = client;
};

export const post = (path, body) => fetch(path, { method: 'POST', body: body && JSON.stringify(body) });

/** Advances an expiry in localStorage. */
export const age = (key, change) => {
  const value = JSON.parse(localStorage.getItem(key));
  if (value) localStorage.setItem(key, JSON.stringify({ ...value, ...change }));
};
export const seconds = () => Math.floor(Date.now() / 1000);
