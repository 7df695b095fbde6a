export type IdentityCode =
  | 'sign_in_failed'
  | 'too_many_tries'
  | 'session_unknown'
  | 'second_factor_needed'
  | 'code_wrong'
  | 'token_void'
  | 'password_weak'
  | 'password_wrong'
  | 'user_exists'
  | 'organization_exists'
  | 'factor_needed'
  | 'role_too_small'
  | 'not_found'
  | 'last_administrator'
  | 'provider_missing'
  | 'own_account'
  | 'secret_needed'
  | 'setup_done';

/** Why somebody may not, said so that it can be shown. Never says whether an address is known. */
export class IdentityError extends Error {
  readonly code: IdentityCode;
  readonly mend: string;
  /** seconds, for `too_many_tries` */
  readonly retryAfter: number | undefined;

  constructor(code: IdentityCode, message: string, mend: string, retryAfter?: number) {
    super(message);
    this.name = 'IdentityError';
    this.code = code;
    this.mend = mend;
    this.retryAfter = retryAfter;
  }
}
