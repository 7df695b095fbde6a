import { type IdentityCode, IdentityError } from '../identity/index.ts';
import { UploadTooLarge } from '../sources/index.ts';
import { StoreUnavailable } from '../storage/index.ts';
import { Busy } from '../telemetry/index.ts';

/** An answer that isn't the one asked for, as RFC 9457 has it, with a stable code and what to do. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  readonly mend: string;
  readonly retryAfter: number | undefined;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    mend: string,
    more: Readonly<Record<string, unknown>> = {},
    retryAfter?: number,
  ) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.mend = mend;
    this.more = more;
    this.retryAfter = retryAfter;
  }
}

export const notFound = (what: string) =>
  new Problem(
    404,
    'not_found',
    `There is no such ${what}.`,
    'It may have been removed, or belong to another organisation.',
  );

const STATUS: Readonly<Record<IdentityCode, number>> = {
  sign_in_failed: 401,
  too_many_tries: 429,
  session_unknown: 401,
  second_factor_needed: 403,
  code_wrong: 401,
  token_void: 410,
  password_weak: 422,
  password_wrong: 403,
  user_exists: 409,
  organization_exists: 409,
  factor_needed: 409,
  role_too_small: 403,
  not_found: 404,
  last_administrator: 409,
  provider_missing: 422,
  own_account: 409,
  secret_needed: 422,
  setup_done: 409,
};

/** Any error as a problem; undefined for one that nobody foresaw. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (error instanceof IdentityError)
    return new Problem(STATUS[error.code], error.code, error.message, error.mend, {}, error.retryAfter);
  if (error instanceof UploadTooLarge) return new Problem(413, error.code, error.message, error.mend);
  if (error instanceof StoreUnavailable)
    return new Problem(
      503,
      error.code,
      error.message,
      'Nothing was lost. Try again in a moment.',
      {},
      error.retryAfter,
    );
  if (error instanceof Busy)
    return new Problem(503, error.code, error.message, 'Try again in a moment.', {}, error.retryAfter);
  return undefined;
}

/** The body and headers of a problem. */
export function answerOf(problem: Problem, instance: string): Response {
  const { status, code, message, mend, more, retryAfter } = problem;
  const body = {
    type: `https://chaperone.invalid/problems/${code}`,
    title: code.replaceAll('_', ' '),
    status,
    detail: message,
    instance,
    code,
    mend,
    ...more,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': 'application/problem+json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(Math.ceil(retryAfter)) }),
    },
  });
}
