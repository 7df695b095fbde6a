/** What the API answered instead of a result (RFC 9457), or why it couldn't be reached (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** what the reader can do about it */
  readonly mend: string;
  /** what came with the problem, e.g. `problems` of a rule or registry with their lines */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, problem: Record<string, unknown>) {
    super(String(problem.detail ?? problem.title ?? `The service answered with ${status}.`));
    this.status = status;
    this.code = String(problem.code ?? '');
    this.mend = String(problem.mend ?? '');
    this.more = problem;
  }
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface Options {
  readonly query?: Query;
  /** sent as JSON */
  readonly body?: unknown;
  /** sent as it is: uploads */
  readonly raw?: Blob | string;
  readonly type?: string;
  readonly signal?: AbortSignal;
}

let csrf = '';

/** The session's token against forged requests: goes with everything that changes something. */
export function rememberCsrf(token: string | undefined): void {
  csrf = token ?? '';
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request to the API at `/api/v1`. Rejects with {@link ApiError}. */
export async function call<Result>(method: Method, path: string, options: Options = {}): Promise<Result> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  if (options.raw !== undefined) headers['content-type'] = options.type ?? 'application/octet-stream';
  if (method !== 'GET') headers['x-csrf-token'] = csrf;
  if (method === 'POST') headers['idempotency-key'] = key();
  const response = await reach(`/api/v1${path}${queryText(options.query)}`, {
    method,
    headers,
    body: options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body)),
    signal: options.signal,
    credentials: 'same-origin',
  });
  const answer = response.status === 204 ? undefined : await read(response);
  if (!response.ok) throw new ApiError(response.status, isRecord(answer) ? answer : {});
  return answer as Result;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, {
      detail: 'The service could not be reached. Nothing was changed, and logs that shippers hold are not lost.',
      code: 'unreachable',
      mend: 'Look whether Chaperone is running and the network is up, then try again.',
    });
  }
}

async function read(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!/json/.test(response.headers.get('content-type') ?? '')) return text;
  return text === '' ? undefined : JSON.parse(text);
}

/** `?a=1&b=2` of what is set. */
export function queryText(query: Query = {}): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return set.length === 0 ? '' : `?${new URLSearchParams(set.map(([name, value]) => [name, String(value)]))}`;
}

// randomUUID is missing where the page came over plain HTTP from another machine
function key(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
