import { StoreUnavailable } from '../store-unavailable.ts';

/** Codes of PostgreSQL and of sockets that say: gone, going, coming, or out of room. Class 08 connection, 53 resources, 57P shutdown, 58 system. */
const GONE = /^(08|53|57P|58|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/;
const LOST =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;
const COMING = /the database system is (starting up|shutting down|in recovery)/;

/** An error of the connection as StoreUnavailable; anything else as it is. */
export function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreUnavailable) return error;
  const { code } = error as { code?: unknown };
  if (!LOST.test(error.message) && !COMING.test(error.message) && !(typeof code === 'string' && GONE.test(code)))
    return error;
  return new StoreUnavailable('state', `The state store (PostgreSQL) can't be used now: ${error.message}`, {
    cause: error,
  });
}
