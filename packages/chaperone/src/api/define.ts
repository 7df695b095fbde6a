import type { Context, Hono } from 'hono';
import { z } from 'zod';
import {
  type Actor,
  allowed,
  type Client,
  type Membership,
  type Permission,
  type Principal,
} from '../identity/index.ts';
import type { Tx } from '../storage/index.ts';
import { isZone } from '../telemetry/index.ts';
import { Bodies } from './body.ts';
import type { Origin } from './callers.ts';
import type { ApiDeps } from './deps.ts';
import { once } from './idempotency.ts';
import { notFound, Problem } from './problem.ts';

/**
 * Who may call a route: anybody; whoever signed in (`half`: with the password alone, too); or a member with a permission in the organisation
 * that the path names.
 */
export type Access = 'public' | 'half' | 'session' | 'installation' | Permission;

export interface RouteSpec<B extends z.ZodType, Q extends z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** under /api/v1, with `{name}` for parameters */
  readonly path: string;
  readonly access: Access;
  readonly summary: string;
  readonly tag: string;
  readonly body?: B;
  /** the body is a file, which the handler reads: it takes no Idempotency-Key */
  readonly file?: { readonly type: string };
  readonly query?: Q;
  /** media type of an answer that is no JSON */
  readonly gives?: string;
  /** shape of the answer */
  readonly answer?: z.ZodType;
  readonly status?: 200 | 201 | 202 | 204;
  /** it changes whose a delivery is: answered when this node knows of it */
  readonly routing?: boolean;
}

/** What a handler is given. `principal` and `membership` are there where the access asks for them. */
export interface Call<B, Q> {
  readonly body: B;
  readonly query: Q;
  readonly params: Readonly<Record<string, string>>;
  readonly principal: Caller;
  readonly membership: Membership;
  /** UUID of the organisation */
  readonly organization: string;
  readonly client: Client;
  readonly actor: Actor;
  /** Looks again who asks and whether they may; undefined: no more. For answers that go on for long. Doesn't count as use of the session. */
  still(): Promise<Membership | undefined>;
  /** a transaction that sees this organisation alone */
  within<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  readonly context: Context<ApiEnv>;
}

export type Caller = Principal & { readonly state?: 'password' | 'full' };

export interface ApiEnv {
  Variables: {
    principal: Caller | undefined;
    client: Client;
    origin: Origin;
    /** finds the principal anew by what the request presented */
    recognise: () => Promise<Caller | undefined>;
  };
}

export interface DeclaredRoute {
  readonly spec: RouteSpec<z.ZodType, z.ZodType>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Longest JSON body of a route, and of one that anybody may call. Bytes. */
const MOST_BODY = 4 << 20;
const MOST_OF_ANYBODY = 64 << 10;

/** Collects routes: each says who may call it, and gets nothing else through. */
export class Routes {
  readonly declared: DeclaredRoute[] = [];
  readonly app: Hono<ApiEnv>;
  readonly deps: ApiDeps;
  readonly bodies = new Bodies();

  constructor(app: Hono<ApiEnv>, deps: ApiDeps) {
    this.app = app;
    this.deps = deps;
  }

  add<B extends z.ZodType, Q extends z.ZodType>(
    spec: RouteSpec<B, Q>,
    handle: (call: Call<z.infer<B>, z.infer<Q>>) => Promise<unknown>,
  ): void {
    this.declared.push({ spec: spec as unknown as RouteSpec<z.ZodType, z.ZodType> });
    const path = `/api/v1${spec.path.replace(/\{(\w+)\}/g, ':$1')}`;
    this.app.on(spec.method.toUpperCase(), path, async (context) => {
      // First of all who asks: nothing is read, done or repeated for somebody who may not.
      const membership = await this.#admit(spec.access, context.get('principal'), context.req.param('organization'));
      const answered = async (text: string) => {
        const call = this.#call(spec, context, membership, text);
        const answer = await handle(call as Call<z.infer<B>, z.infer<Q>>);
        if (spec.routing === true) await this.deps.routed();
        if (answer instanceof Response) return answer;
        if (spec.status === 204) return context.body(null, 204);
        return context.json(answer as object, spec.status ?? 200);
      };
      if (spec.method === 'get' || spec.file !== undefined) return answered('');
      const most = spec.access === 'public' ? MOST_OF_ANYBODY : MOST_BODY;
      return this.bodies.text(context, most, (text) =>
        spec.method === 'post' ? once(this.deps.state, context, text, () => answered(text)) : answered(text),
      );
    });
  }

  #call(
    spec: RouteSpec<z.ZodType, z.ZodType>,
    context: Context<ApiEnv>,
    membership: Membership | undefined,
    text: string,
  ): Call<unknown, unknown> {
    const { state } = this.deps;
    const client = context.get('client');
    const principal = context.get('principal');
    const params = context.req.param() as Record<string, string>;
    const organization = membership?.organization ?? '';
    // Only rules have ids that others chose; asked for anything else, the store would call the text a fault.
    for (const name of ['id', 'binding'])
      if (params[name] !== undefined && !UUID.test(params[name]) && !spec.path.endsWith('/rules/{id}'))
        throw notFound('thing');
    const body = spec.body === undefined ? undefined : parse(spec.body, json(text), 'body');
    const query = spec.query === undefined ? undefined : parse(spec.query, context.req.query(), 'query');
    const actor: Actor =
      principal === undefined
        ? { kind: 'anonymous', id: null, name: 'nobody', ip: client.ip }
        : { kind: principal.kind, id: principal.id, name: principal.email ?? principal.name, ip: client.ip };
    return {
      body,
      query,
      params,
      principal: principal as Principal,
      membership: membership as Membership,
      organization,
      client,
      actor,
      still: async () => {
        try {
          return await this.#admit(spec.access, await context.get('recognise')(), params.organization);
        } catch (error) {
          if (error instanceof Problem) return undefined;
          throw error;
        }
      },
      within: (work) => state.within(organization, work),
      context,
    };
  }

  async #admit(
    access: Access,
    principal: Caller | undefined,
    slug: string | undefined,
  ): Promise<Membership | undefined> {
    if (access === 'public') return undefined;
    if (principal === undefined)
      throw new Problem(
        401,
        'not_signed_in',
        'Nobody is signed in, or the session has ended.',
        'Sign in, or send a token: Authorization: Bearer chp_...',
      );
    if (access === 'half') return undefined;
    if (principal.state === 'password')
      throw new Problem(
        403,
        'second_factor_needed',
        'The second factor is still to come.',
        'Give the code of your authenticator.',
      );
    if (access === 'session') {
      if (principal.kind === 'token')
        throw new Problem(403, 'not_for_tokens', 'This is for people, not for tokens.', 'Sign in.');
      return undefined;
    }
    if (access === 'installation') {
      if (!principal.installationAdministrator)
        throw new Problem(403, 'role_too_small', 'This is for administrators of the installation.', 'Ask one of them.');
      return undefined;
    }
    const named = principal.memberships.find((one) => one.slug === slug);
    // Whether an organisation exists is no business of who isn't in it.
    if (named === undefined) throw notFound('organisation');
    const membership = allowed(principal, named.organization, access);
    if (membership === undefined)
      throw new Problem(
        403,
        'role_too_small',
        `Your role here (${named.role}) does not allow this.`,
        `It needs the permission ${access}. Ask an administrator of ${named.name}.`,
      );
    if (
      (membership.role === 'administrator' || membership.role === 'approver') &&
      !principal.secondFactor &&
      !access.endsWith(':read')
    )
      throw new Problem(
        403,
        'second_factor_needed',
        'With your role you need a second factor before you can change anything.',
        'Add one under your account.',
      );
    return membership;
  }
}

function json(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem(400, 'json_invalid', 'The body is no JSON.', 'Send JSON with content-type application/json.');
  }
}

function parse(schema: z.ZodType, value: unknown, where: string): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const first = problems[0];
  throw new Problem(
    422,
    'invalid',
    `${first.field === '' ? `The ${where}` : first.field}: ${first.message}`,
    'Mend the fields that are named.',
    { problems },
  );
}

export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().nullable() });
export const paging = { limit: z.coerce.number().int().min(1).max(500).default(100), cursor: z.string().optional() };
export const none = z.object({});
export const uuid = z.guid();

/** An IANA time zone. */
export const zone = z.string().max(64).refine(isZone, 'is no IANA time zone');
