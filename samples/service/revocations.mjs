/**
 * Follows the sessions that end at a Pawl server, so that an access token that is good by itself is refused once its session is over. `has(sid)` says
 * whether it has ended; `age()` is for how many milliseconds the server has not answered: up to `wait` seconds and a little when all is well.
 */
export const followRevocations = async (url, name, secret, wait = 20) => {
  const authorization = `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
  const ended = new Map();
  let cursor, heardAt;

  const ask = async (seconds) => {
    const query = `wait=${seconds}${cursor ? `&after=${cursor}` : ''}`;
    const signal = AbortSignal.timeout((seconds + 10) * 1000);
    const answer = await fetch(`${url}?${query}`, { headers: { authorization }, redirect: 'error', signal });
    // An error is never "nothing has ended": the cursor stays, and the question is asked again.
    if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
    const page = await answer.json();
    const now = Date.now();
    for (const { sid } of page.revocations) ended.set(sid, now + page.remember_for * 1000);
    for (const [sid, until] of ended) if (until < now) ended.delete(sid);
    const hasMoved = page.cursor !== cursor;
    [cursor, heardAt] = [page.cursor, now];
    return hasMoved;
  };

  // There may be several pages. All of them are known once the cursor stays.
  while (await ask(0));
  (async () => {
    for (;;) await ask(wait).catch((error) => (console.error(error.message), new Promise((resolve) => setTimeout(resolve, 1000))));
  })();
  return { has: (sid) => ended.has(sid), age: () => Date.now() - heardAt };
};
