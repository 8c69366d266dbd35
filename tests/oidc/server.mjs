// A real OpenID provider for the tests: oidc-provider with accounts and clients known to the tests, and a way to make
// it misbehave. Its address is the first line of output; it ends when its input does.
//
// POST /test/rotate     new signing keys; those before are no longer published
// POST /test/id-token   {claims, alg, foreign}: bends the next ID token; `foreign` signs it with a key never published
// POST /test/discovery  fields that replace those of the discovery document
import http from 'node:http';
import * as jose from 'jose';
import { Provider } from 'oidc-provider';

// It warns that its development parts are on, which is what they are here for.
console.warn = () => {};

const redirect_uris = process.argv.slice(2);
const server = http.createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const KEYS = [['rsa', 'RS256'], ['ec', 'ES256'], ['ed', 'EdDSA']];

async function newKeys() {
  const made = KEYS.map(async ([kid, alg]) => {
    const { privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    return { ...(await jose.exportJWK(privateKey)), kid: `${kid}-${crypto.randomUUID()}`, use: 'sig' };
  });
  return Promise.all(made);
}

// One client for each way to authenticate, and one for each algorithm: the secret of each is its name and `-secret`.
const client = (client_id, token_endpoint_auth_method, id_token_signed_response_alg) => ({
  client_id,
  redirect_uris,
  token_endpoint_auth_method,
  id_token_signed_response_alg,
  ...(token_endpoint_auth_method === 'none' ? {} : { client_secret: `${client_id}-secret` }),
});
const clients = [
  client('post', 'client_secret_post', 'RS256'),
  client('public', 'none', 'RS256'),
  client('HS256', 'client_secret_basic', 'HS256'),
  ...ALGORITHMS.map((alg) => client(alg, 'client_secret_basic', alg)),
];

const account = (id) => ({
  accountId: id,
  claims: () => ({
    sub: id,
    name: `${id} Öberg`,
    locale: 'sv-SE',
    ...(id.startsWith('nomail') ? {} : { email: `${id}@example.org`, email_verified: !id.startsWith('unverified') }),
  }),
});

let keys;
let provider;
let bend;
let discovery = {};

async function bent(idToken, { claims = {}, alg, foreign }) {
  const header = jose.decodeProtectedHeader(idToken);
  const payload = { ...jose.decodeJwt(idToken), ...claims };
  alg ??= header.alg;
  const encode = (part) => jose.base64url.encode(JSON.stringify(part));
  if (alg === 'none') {
    return `${encode({ alg })}.${encode(payload)}.`;
  }
  const token = new jose.SignJWT(payload).setProtectedHeader({ ...header, alg });
  if (alg === 'HS256') {
    // The public key taken for a shared secret.
    const { kty, n, e } = keys.find(({ kid }) => kid === header.kid);
    const open = await jose.exportSPKI(await jose.importJWK({ kty, n, e }, 'RS256', { extractable: true }));
    return token.sign(new TextEncoder().encode(open));
  }
  if (foreign) {
    return token.sign((await jose.generateKeyPair(alg)).privateKey);
  }
  return token.sign(await jose.importJWK(keys.find(({ kid }) => kid === header.kid), alg));
}

async function start() {
  keys = await newKeys();
  provider = new Provider(issuer, {
    clients,
    jwks: { keys },
    findAccount: (_, id) => account(id),
    claims: { email: ['email', 'email_verified'], profile: ['name', 'locale'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    enabledJWA: { idTokenSigningAlgValues: [...ALGORITHMS, 'HS256'] },
    pkce: { required: () => true },
    cookies: { keys: ['tests'] },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path === '/.well-known/openid-configuration') {
      ctx.body = { ...ctx.body, ...discovery };
    }
    if (bend && ctx.path === '/token' && ctx.body?.id_token) {
      ctx.body = { ...ctx.body, id_token: await bent(ctx.body.id_token, bend) };
      bend = undefined;
    }
  });
  provider.on('server_error', (_, error) => console.error(error));
}

async function chore(path, body) {
  switch (path) {
    case '/test/rotate':
      return start();
    case '/test/id-token':
      bend = body;
      return undefined;
    case '/test/discovery':
      discovery = body;
      return undefined;
    default:
      throw new Error(`no such chore: ${path}`);
  }
}

await start();
server.on('request', async (request, response) => {
  if (!request.url.startsWith('/test/')) {
    provider.callback()(request, response);
    return;
  }
  const chunks = await request.toArray();
  await chore(request.url, JSON.parse(Buffer.concat(chunks).toString() || '{}'));
  response.end();
});
console.log(issuer);
process.stdin.on('end', () => process.exit()).resume();
