import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface TestHttp {
  readonly url: string;
  /** what was asked, in order: `GET /path?query` */
  readonly asked: string[];
  close(): Promise<void>;
}

/** An HTTP server on a free port of this machine that answers by a function; the body of a request comes as text. */
export async function testHttp(
  answer: (request: IncomingMessage, body: string, url: URL) => Answer | Promise<Answer>,
): Promise<TestHttp> {
  const asked: string[] = [];
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const part of request) body += part;
    asked.push(`${request.method} ${request.url}`);
    const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
    const { status = 200, headers = {}, body: text = '' } = await answer(request, body, url);
    response.writeHead(status, headers);
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An answer of JSON. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}
