import { chmodSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { controlPath } from './control-path.ts';

/** What the service does when a command on the same machine asks: JSON in, JSON out. */
export type Controls = Readonly<Record<string, (ask: Record<string, unknown>) => Promise<unknown>>>;

/** A command's question is a few paths and names. */
const LONGEST = 64 * 1024;

/**
 * Lets commands of this machine (`chaperone backup`, `verify`) talk to the running service, over a socket that only its own user may open.
 * Whoever may open it may read the data folder anyway.
 */
export async function serveControl(data: string, controls: Controls): Promise<{ close(): Promise<void> }> {
  const path = controlPath(data);
  rmSync(path, { force: true });
  const server = createServer(async (request, response) => {
    const answer = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    try {
      const name = (request.url ?? '').slice(1);
      if (!Object.hasOwn(controls, name))
        return void answer(404, { error: `there is no command ${JSON.stringify(name)}` });
      let text = '';
      for await (const chunk of request.setEncoding('utf8')) {
        text += chunk;
        if (text.length > LONGEST) return void answer(413, { error: 'the question is too long' });
      }
      answer(200, { answer: (await controls[name](JSON.parse(text))) ?? null });
    } catch (error) {
      answer(500, { error: error instanceof Error ? error.message : String(error) });
    }
  });
  // A backup of a large store takes its time.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(path, resolve));
  chmodSync(path, 0o600);
  return {
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
