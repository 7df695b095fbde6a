import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { networkOf, principalOfSession, principalOfToken } from '../identity/index.ts';
import { Callers, type Peer } from './callers.ts';
import { consoleFile } from './console-files.ts';
import { type ApiEnv, type DeclaredRoute, Routes } from './define.ts';
import type { ApiDeps } from './deps.ts';
import { docsPage } from './docs-page.ts';
import { openApi } from './openapi.ts';
import { answerOf, Problem, problemOf } from './problem.ts';
import { RateLimit } from './rate-limit.ts';
import { addRoutes } from './routes/index.ts';
import { COOKIE, csrfOf } from './routes/sign-in.ts';

export interface Api {
  readonly app: Hono<ApiEnv>;
  /** every route with who may call it */
  readonly routes: readonly DeclaredRoute[];
  readonly document: Record<string, unknown>;
}

/** Requests a second for long, and at once, of one caller. */
const RATE = 50;
const BURST = 300;
const OWN =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Puts the routes together. `peer` gives the ends of the connection that a request came by. */
export function createApi(deps: ApiDeps, peer: (env: unknown) => Peer): Api {
  const app = new Hono<ApiEnv>();
  const limit = new RateLimit(RATE, BURST);
  const callers = new Callers(deps);

  app.use(async (context, next) => {
    context.header('content-security-policy', OWN);
    context.header('x-content-type-options', 'nosniff');
    context.header('x-frame-options', 'DENY');
    context.header('referrer-policy', 'same-origin');
    context.header('cross-origin-opener-policy', 'same-origin');
    if (deps.secure) context.header('strict-transport-security', 'max-age=31536000');
    if (context.req.path.startsWith('/api/')) context.header('cache-control', 'no-store');
    const near = peer(context.env);
    const origin = callers.originOf(near, context.req.raw.headers, new URL(context.req.url).host);
    context.set('origin', origin);
    if (!callers.answersTo(origin.host, near))
      throw new Problem(
        421,
        'foreign_host',
        `This service does not answer to the name ${origin.host.slice(0, 100)}.`,
        'Use its public address (http.public_url), or add the name to http.hosts in its configuration.',
      );
    await next();
  });
  app.use('/api/v1/*', async (context, next) => {
    const { ip, host } = context.get('origin');
    const client = { ip, agent: context.req.header('user-agent') ?? '' };
    context.set('client', client);
    limit.take(`address/${networkOf(client.ip)}`);
    const token = /^Bearer\s+(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    const secret = token === undefined ? getCookie(context, COOKIE) : undefined;
    const recognise = async (used: boolean) => {
      if (token !== undefined) return principalOfToken(deps.state, token, Date.now(), used);
      return secret === undefined ? undefined : principalOfSession(deps.identity, secret, used);
    };
    const principal = await recognise(true);
    if (principal !== undefined) limit.take(principal.session ?? principal.id);
    context.set('principal', principal);
    context.set('recognise', () => recognise(false));
    if (token === undefined) {
      if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
        const origin = context.req.header('origin');
        if (origin !== undefined && ![host.toLowerCase(), new URL(deps.publicUrl).host].includes(hostOf(origin) ?? ''))
          throw new Problem(
            403,
            'foreign_origin',
            'The request comes from another site.',
            'Use the console under its own address.',
          );
        if (
          principal !== undefined &&
          context.req.header('x-csrf-token') !== csrfOf(deps.identity.vault, principal.session) &&
          !/\/(session|setup|session\/totp|session\/passkey(\/options)?)$/.test(context.req.path)
        )
          throw new Problem(403, 'csrf', 'The page that sent this is not of this session.', 'Load the page anew.');
      }
    }
    await next();
  });
  const routes = new Routes(app, deps);
  addRoutes(routes);
  const document = openApi(routes.declared, deps.version);

  app.get('/api/openapi.json', (context) => context.json(document));
  app.get('/api/docs', (context) => context.html(docsPage(document)));
  app.get('/healthz', (context) => context.json({ status: 'ok', version: deps.version }));
  app.get('/readyz', async (context) => {
    await deps.ready();
    return context.json({ status: 'ready' });
  });
  app.get('/metrics', async (context) => {
    // Numbers only, but they say who is a client: this machine, or a token that may.
    const token = /^Bearer\s+(\S+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    const principal = token === undefined ? undefined : await principalOfToken(deps.state, token);
    const may =
      principal?.memberships.some(({ role }) => role === 'administrator') === true &&
      (principal.scopes.length === 0 || principal.scopes.includes('metrics:read'));
    if (!may && !callers.isLocal(context.get('origin')))
      throw new Problem(
        401,
        'not_signed_in',
        'Metrics are for this machine, or for a token.',
        'Send the token of an administrator with the scope metrics:read.',
      );
    return context.text(await deps.metrics.metrics(), 200, { 'content-type': deps.metrics.contentType });
  });
  app.all('/api/*', () => {
    throw new Problem(404, 'not_found', 'There is no such route.', 'See /api/docs.');
  });
  app.get('*', (context) => {
    if (deps.console === undefined)
      return context.text('The console is not part of this installation. The API is described at /api/docs.', 404);
    return headed(consoleFile(deps.console, context.req.path), context.res.headers);
  });
  app.onError((error, context) => {
    const known = problemOf(error);
    const path = context.req.path;
    if (known !== undefined) return headed(answerOf(known, path), context.res.headers);
    const id = deps.fault(error, `${context.req.method} ${path}`);
    return headed(
      answerOf(
        new Problem(500, 'fault', 'A fault of Chaperone’s own.', `Please report it; its number in the log is ${id}.`),
        path,
      ),
      context.res.headers,
    );
  });
  return { app, routes: routes.declared, document };
}

/** The headers that every answer has, on one that was made of an error. */
function headed(response: Response, headers: Headers): Response {
  for (const [name, value] of headers) if (!response.headers.has(name)) response.headers.set(name, value);
  return response;
}

/** The host of an Origin; undefined for `null`, which sandboxed pages send, and for what is no address. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
