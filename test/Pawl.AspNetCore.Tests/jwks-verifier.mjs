// A service's verifier with jose's own cache of the key set: good for ten minutes, and asked for again at an unknown key, at most once a minute. The first line of standard input
// says where the nodes' key sets are, among which a load balancer would share out the questions; each further one has a time, which is the verifier's, and a token.
import { createInterface } from 'node:readline';

const { createRemoteJWKSet, customFetch, jwtVerify } = await import(new URL('../../samples/service/node_modules/jose/dist/webapi/index.js', import.meta.url));

let now = 0;
Date.now = () => now;

let keys;
let asked = 0;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const said = JSON.parse(line);
  if (!keys) {
    const next = (_, options) => fetch(said.urls[asked++ % said.urls.length], options);
    keys = createRemoteJWKSet(new URL(said.urls[0]), { cacheMaxAge: 600_000, cooldownDuration: 60_000, [customFetch]: next });
    continue;
  }
  now = said.now;
  const why = await jwtVerify(said.token, keys, { issuer: 'urn:pawl', audience: 'urn:pawl', typ: 'at+jwt', currentDate: new Date(now) }).then(() => null, (error) => error.code);
  process.stdout.write(JSON.stringify({ accepted: why === null, why, asked }) + '\n');
}
