import { type Logger, pino } from 'pino';

export type Log = Logger;

/** Names under which a secret could get into a log line by mistake. */
const SECRETS = ['password', 'token', 'secret', 'authorization', 'cookie', 'key', 'code'];

/**
 * Structured log lines of the service, JSON on standard error. Neither secrets nor the content of logs belong into them; the names above
 * are struck out in case one does.
 */
export function createLog(level: string, to: NodeJS.WritableStream = process.stderr): Log {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '(secret)' },
    },
    to,
  );
}
