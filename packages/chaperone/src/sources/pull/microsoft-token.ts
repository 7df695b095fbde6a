import { FetchFailure } from '../../telemetry/index.ts';
import { jsonOf } from './answer.ts';
import type { PullContext } from './pull.ts';

interface Application {
  readonly login: string;
  readonly tenant: string;
  readonly client_id: string;
  readonly client_secret: string;
}

/** Asks before a token ends, in milliseconds. */
const EARLY = 120_000;

/** A token of an application of its own (client credentials), asked for anew when it ends. */
export function microsoftToken(application: Application, scope: string, context: PullContext): () => Promise<string> {
  let token = '';
  let until = 0;
  return async () => {
    if (context.now() < until) return token;
    const { login, tenant, client_id, client_secret } = application;
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret, scope });
    try {
      const answer = await context.fetch(`${login.replace(/\/$/, '')}/${tenant}/oauth2/v2.0/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: body.toString(),
        maxBytes: 1 << 20,
      });
      const { access_token: given, expires_in: seconds } = (jsonOf(answer) ?? {}) as Record<string, unknown>;
      if (typeof given !== 'string') throw refused('it gave no token');
      token = given;
      until = context.now() + (Number(seconds) || 3_600) * 1_000 - EARLY;
      return token;
    } catch (error) {
      const code = error instanceof FetchFailure ? /\bAADSTS\d{4,7}\b/.exec(error.body)?.[0] : undefined;
      throw code === undefined ? error : refused(code, error);
    }
  };
}

function refused(why: string, cause?: unknown): FetchFailure {
  return new FetchFailure(
    'http_status',
    `Microsoft refuses our application (${why}).`,
    'See whether tenant, application and secret are right and the secret has not ended.',
    { cause },
  );
}
