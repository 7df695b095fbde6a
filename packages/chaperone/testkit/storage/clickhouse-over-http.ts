import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createClient } from '@clickhouse/client';
import { createChdbConnection } from 'chdb/connection';

/**
 * The part of ClickHouse's HTTP interface that our client uses, in front of the real engine (chDB, in this process: one a test file). It stands
 * in for a server where none can be installed: statements, parameters, formats and errors are ClickHouse's own, its HTTP server is not.
 */
export async function clickhouseOverHttp({
  folder = mkdtempSync(join(tmpdir(), 'chaperone-clickhouse-')),
  port = 0,
}: {
  folder?: string;
  port?: number;
} = {}): Promise<{ url: string; close(): Promise<void> }> {
  const connection = createChdbConnection({ path: join(folder, 'data') });
  const client = createClient({ connection } as Parameters<typeof createClient>[0]);
  let inserts = 0;

  async function answer(request: IncomingMessage): Promise<Buffer> {
    const asked = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const body = await buffer(request);
    const inUrl = asked.get('query');
    const insert = /^\s*INSERT INTO (\S+)(?: \(([^)]*)\))? FORMAT (\w+)\s*$/i.exec(inUrl ?? '');
    if (insert !== null) return put(insert, body);
    const params: Record<string, string> = {};
    for (const [name, value] of asked) if (name.startsWith('param_')) params[name.slice(6)] = value;
    const { stream } = await client.exec({ query: inUrl ?? body.toString(), query_params: params });
    return buffer(stream);
  }

  /** chDB takes binary rows from files only. */
  async function put([, table, columns, format]: RegExpExecArray, body: Buffer): Promise<Buffer> {
    inserts += 1;
    const file = join(folder, `insert-${inserts}.bin`);
    writeFileSync(file, body);
    try {
      const described = await client.query({ query: `DESCRIBE TABLE ${table}`, format: 'JSONEachRow' });
      const all = await described.json<{ name: string; type: string }>();
      const structure = all.map(({ name, type }) => `${name} ${type.replaceAll("'", "\\'")}`).join(', ');
      const of = format === 'Native' ? '' : `, '${structure}'`;
      const names = columns === undefined ? '' : ` (${columns})`;
      await client.command({ query: `INSERT INTO ${table}${names} SELECT * FROM file('${file}', '${format}'${of})` });
      return Buffer.alloc(0);
    } finally {
      rmSync(file);
    }
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (said) => response.writeHead(200).end(said),
      (error) => refuse(response, error),
    );
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      await new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      });
      await client.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function refuse(response: ServerResponse, error: { code?: string; type?: string; message?: string }): void {
  const code = error.code ?? '1000';
  response
    .writeHead(500, { 'x-clickhouse-exception-code': code })
    .end(`Code: ${code}. DB::Exception: ${error.message} (${error.type ?? 'UNKNOWN'}) (version 26.7)`);
}
