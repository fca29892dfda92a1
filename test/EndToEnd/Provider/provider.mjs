// An OpenID Connect provider with one user and one client. The user signs in by one click.
// node provider.mjs <port> <redirect URI> ...
import Provider from 'oidc-provider';

const [port, ...redirectUris] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'app',
    client_secret: 'the secret of the app',
    redirect_uris: redirectUris,
    response_types: ['code', 'id_token'],
    grant_types: ['authorization_code', 'implicit'],
    // A web client may not have a redirect URI on this machine with the implicit flow.
    application_type: 'native',
  }],
  claims: { openid: ['sub'], profile: ['name'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: 'Ada' }) }),
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  // The user is asked for nothing but the sign-in.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

// The page of the provider's own site on which the user signs in. The form that follows it posts from this site, too.
provider.use(async (ctx, next) => {
  const interaction = ctx.path.match(/^\/sign-in\/([\w-]+)$/);
  if (!interaction)
    return next();
  if (ctx.method == 'POST')
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: 'ada' }, consent: {} });
  ctx.type = 'html';
  ctx.body = '<!doctype html><title>Provider</title><form method="post"><button>Sign in</button></form>';
});

provider.on('server_error', (_, error) => console.error(error));
provider.listen(port, '127.0.0.1', () => console.log(`listening on ${issuer}`));
