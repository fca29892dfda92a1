// Answers, for each line of standard input after the first, whether jose accepts that token. The first line says by which keys and rules.
import { createInterface } from 'node:readline';
import { createLocalJWKSet, jwtVerify } from 'jose';

let keys, options;
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const said = JSON.parse(line);
  if (!keys) {
    keys = createLocalJWKSet(said.jwks);
    options = {
      issuer: said.issuer,
      audience: said.audience,
      algorithms: said.algorithms,
      typ: 'at+jwt',
      requiredClaims: said.required,
      clockTolerance: said.skew,
      maxTokenAge: said.max_age,
      currentDate: new Date(said.now * 1000),
    };
    continue;
  }
  const answer = await jwtVerify(said, keys, options).then(() => ({ accepted: true }), (e) => ({ accepted: false, why: `${e.code ?? e.name}: ${e.message}` }));
  process.stdout.write(JSON.stringify(answer) + '\n');
}
