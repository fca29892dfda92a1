/**
 * Follows the sessions that end at a Pawl server, so that an access token that is good by itself is refused once its session is over. `has(sid)` tells; `age()` is for how many
 * milliseconds the server has not been heard of: up to a question's wait when all is well.
 */
export const followRevocations = async (url, name, secret) => {
  const authorization = `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;
  const ended = new Map();
  let cursor, heardAt;

  const ask = async (query) => {
    const answer = await fetch(`${url}?${query}`, { headers: { authorization }, signal: AbortSignal.timeout(35_000) });
    // An error is never "nothing has ended": the cursor stays, and the question is asked again.
    if (!answer.ok) throw new Error(`${url} answers ${answer.status}`);
    const page = await answer.json();
    const now = Date.now();
    for (const { sid } of page.revocations) ended.set(sid, now + page.remember_for * 1000);
    for (const [sid, until] of ended) if (until < now) ended.delete(sid);
    [cursor, heardAt] = [page.cursor, now];
  };

  await ask('wait=0');
  (async () => {
    for (;;) await ask(`after=${cursor}`).catch((error) => (console.error(error.message), new Promise((resolve) => setTimeout(resolve, 1000))));
  })();
  return { has: (sid) => ended.has(sid), age: () => Date.now() - heardAt };
};
