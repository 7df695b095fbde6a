/**
 * The process that holds chDB (ClickHouse as a library). One data folder a process, never in a worker thread: the library allows no more.
 * Started by `ChdbClient` with the folder as its argument; ends when its parent is gone.
 */
import { createClient } from '@clickhouse/client';
import { Session } from 'chdb';
import { createChdbConnection } from 'chdb/connection';
import type { FromChdb, ToChdb } from './chdb-protocol.ts';
import { SERVER_SETTINGS } from './chdb-settings.ts';

type Client = ReturnType<typeof createClient>;
type Question = Extract<ToChdb, { do: 'query' }>;

/** Questions that are answered side by side. */
const READERS = 3;

// All connections of a process share one server, set up by the first.
const server = new Session(process.argv[2], {
  connectionArgs: Object.entries(SERVER_SETTINGS).map(([name, value]) => `--${name}=${value}`),
});
// A connection does one thing at a time: a long question must not keep events from being stored, nor a backup either of them.
const writer = connect();
const keeper = connect();
const readers = Array.from({ length: READERS }, connect);
const free = [...readers];
const queue: { readonly id: number; take(reader: Client): void; drop(error: Error): void }[] = [];
const say = (message: FromChdb) => process.send?.(message);

process.on('message', (ask: ToChdb) => {
  answer(ask).then(
    (rows) => say({ id: ask.id, rows }),
    (error) => say({ id: ask.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
// Without a parent nobody could ask: what was answered is on the disk.
process.on('disconnect', () => process.exit(0));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});

function connect(): Client {
  const connection = createChdbConnection({ path: process.argv[2] });
  return createClient({ connection } as Parameters<typeof createClient>[0]);
}

async function answer(ask: ToChdb): Promise<unknown[]> {
  switch (ask.do) {
    case 'command':
      await writer.command({ query: ask.sql });
      return [];
    case 'upkeep':
      await keeper.command({ query: ask.sql });
      return [];
    case 'query':
      return question(ask);
    case 'cancel':
      cancel(ask.query);
      return [];
    case 'alive':
      return [];
    case 'close':
      for (const client of [...readers, keeper, writer]) await client.close();
      server.close();
      setImmediate(() => process.exit(0));
      return [];
  }
}

async function question({ id, sql, params }: Question): Promise<unknown[]> {
  const reader =
    free.pop() ?? (await new Promise<Client>((take, drop) => queue.push({ id, take, drop: (error) => drop(error) })));
  try {
    const result = await reader.query({
      query: sql,
      query_params: params,
      format: 'JSONEachRow',
    });
    return await result.json();
  } finally {
    const next = queue.shift();
    if (next === undefined) free.push(reader);
    else next.take(reader);
  }
}

/** One that is being answered goes on to its time limit: after `KILL QUERY` the library now and then never came back (26.7). */
function cancel(id: number): void {
  const at = queue.findIndex((one) => one.id === id);
  if (at >= 0) queue.splice(at, 1)[0].drop(new Error('The question was taken back.'));
}

say({ ready: true });
