import { StoreUnavailable } from '../store-unavailable.ts';

/**
 * Codes of PostgreSQL and of sockets that say: gone, going, coming, out of room, or that the same may go well in a moment. Class 08 connection, 40
 * transaction rolled back (deadlock), 53 resources, 57 taking too long or shutting down, 58 system; 25006 read only, 55P03 locked.
 */
const GONE = /^(08|40|53|57|58|25006|55P03|ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/;
const LOST =
  /^(Connection terminated|Query read timeout|Client has encountered a connection error|timeout exceeded when trying to connect)/;
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
