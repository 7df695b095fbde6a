export type FetchFailureCode =
  | 'url_refused'
  | 'address_refused'
  | 'too_many_redirects'
  | 'too_large'
  | 'timeout'
  | 'unreachable'
  | 'http_status'
  | 'throttled'
  | 'answer_invalid';

/** Why a server's answer couldn't be had. `message` is for people and names the host, never a credential. */
export class FetchFailure extends Error {
  readonly code: FetchFailureCode;
  readonly mend: string;
  /** of the answer, where there was one */
  readonly status: number | undefined;
  /** seconds, where the server said how long to wait */
  readonly retryAfter: number | undefined;
  /** the first bytes of a refusal, for the caller that knows its service's error codes */
  readonly body: string;

  constructor(
    code: FetchFailureCode,
    message: string,
    mend: string,
    more: { status?: number; retryAfter?: number; body?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'FetchFailure';
    this.code = code;
    this.mend = mend;
    this.status = more.status;
    this.retryAfter = more.retryAfter;
    this.body = more.body ?? '';
  }
}
