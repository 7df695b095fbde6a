import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Busy, type Route } from '../../intake.ts';
import { release } from '../../release.ts';
import { Batcher } from '../batcher.ts';
import { retryAfterOf } from '../deliver.ts';
import { LONGEST_RECORD } from '../longest-record.ts';
import { addressOf, fingerprintOf, type StreamDeps } from '../stream-server.ts';
import { type TlsMaterial, tlsOptions } from '../tls-material.ts';
import { type Asked, type BodyLimit, type IntakeRequests, send, sendText } from './asked.ts';
import { bulkAnswer, parseBulk } from './bulk.ts';
import { handshake } from './handshake.ts';
import { HecRequests } from './hec-requests.ts';
import { eachElement, eachLine } from './lines.ts';
import { OTLP_ACCEPTED, parseOtlp } from './otlp.ts';
import { BodyError, ensureFew, readBody } from './read-body.ts';

/** Bytes of a request, packed or unpacked; what shippers send at once is far below. What is parsed whole takes more of the memory. */
const LINES: BodyLimit = { most: 100 << 20, weight: 2, longest: LONGEST_RECORD };
const PARSED: BodyLimit = { most: 32 << 20, weight: 6 };
/** Bytes that all requests together may take while they are read; beyond, a sender is told to come again. */
const MOST_AT_ONCE = 384 << 20;
/** And those of one source, beside one that came first. */
const MOST_OF_ONE = MOST_AT_ONCE / 2;
/** Milliseconds before a connection is broken in the place of an answer: its client comes again at once. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 5_000;
/** Milliseconds that requests under way have when the listener is closed. */
const ENDING = 5_000;

type Handler = (asked: Asked) => Promise<void> | void;

/**
 * The intake by HTTP that shippers use as they are: Elasticsearch's `_bulk` with what clients ask before it, Splunk's HTTP Event Collector, OTLP
 * logs, JSON lines. Who sends is told by an ingest token, a client certificate or a bound address.
 */
export function httpIntake(
  name: string,
  tls: TlsMaterial | undefined,
  deps: StreamDeps,
): { server: Server; close(): Promise<void> } {
  const intake = new HttpIntake(name, deps);
  const listener = (request: IncomingMessage, response: ServerResponse) => void intake.answer(request, response);
  // Whoever sends slower than this isn't a shipper: the head within 15 s, the whole within 2 minutes.
  const limits = {
    headersTimeout: 15_000,
    requestTimeout: 120_000,
    keepAliveTimeout: 75_000,
    maxHeaderSize: 16_384,
    connectionsCheckingInterval: 5_000,
  };
  const server =
    tls === undefined
      ? createServer(limits, listener)
      : createTlsServer(
          {
            ...limits,
            ...tlsOptions(tls),
          },
          listener,
        );
  server.maxConnections = 2_000;
  return {
    server: server as Server,
    close: () =>
      new Promise((closed) => {
        // A request that is not whole by then never will be: its sender was turned down, or is slow. What wasn't answered comes again.
        const late = setTimeout(() => server.closeAllConnections(), ENDING);
        server.close(() => {
          clearTimeout(late);
          closed();
        });
        server.closeIdleConnections();
        // a connection whose request is still answered would wait idle for the whole of its time
        server.keepAliveTimeout = 1;
      }),
  };
}

class HttpIntake implements IntakeRequests {
  readonly #name: string;
  readonly #deps: StreamDeps;
  readonly #hec = new HecRequests(this);
  #bytes = 0;
  readonly #bytesOf = new Map<string, number>();

  constructor(name: string, deps: StreamDeps) {
    this.#name = name;
    this.#deps = deps;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = URL.parse(`http://x${(request.url ?? '/').replace(/^https?:\/\/[^/]*/, '')}`);
    if (url === null) return send(response, 400, { error: 'The address asked for is none.' });
    const path = url.pathname.replace(/\/+$/, '') || '/';
    response.setHeader('x-elastic-product', 'Elasticsearch');
    try {
      if (/^\/services\/collector\/health/.test(path)) return this.#hec.health(response);
      const route = this.#routeOf(request, url.searchParams);
      if (route === undefined) return this.#unknown(request, response, path);
      const handler = this.#handlerFor(request.method ?? 'GET', path);
      await handler({ request, response, path, query: url.searchParams, route });
    } catch (error) {
      this.#failed(error, request, response, path);
    }
  }

  #handlerFor(method: string, path: string): Handler {
    if ((method === 'POST' || method === 'PUT') && /^(\/[^/]+)?\/_bulk$/.test(path))
      return (asked) => this.#bulk(asked);
    const hec = this.#hec.handlerFor(path);
    if (hec !== undefined) return hec;
    if (method === 'POST' && path === '/v1/logs') return (asked) => this.#otlp(asked);
    if (method === 'POST' && (path === '/ndjson' || path === '/lines')) return (asked) => this.#lines(asked);
    return handshake;
  }

  get room(): number {
    return this.#deps.intake.room;
  }

  #bulk(asked: Asked): Promise<void> {
    const { response, path } = asked;
    const begun = performance.now();
    return this.withBody(asked, LINES, async (body) => {
      const bulk = parseBulk(body, path.slice(1).replace(/\/?_bulk$/, '') || 'logs');
      if (bulk === undefined)
        return send(response, 400, {
          error: {
            type: 'illegal_argument_exception',
            reason: 'Malformed bulk body: an action line is expected, then a document, each ended by a newline',
          },
          status: 400,
        });
      await this.store(asked, bulk.documents, body);
      sendText(response, 200, bulkAnswer(bulk, performance.now() - begun), 'application/json');
    });
  }

  #otlp(asked: Asked): Promise<void> {
    const { request, response } = asked;
    const json = (request.headers['content-type'] ?? '').includes('json');
    return this.withBody(asked, PARSED, async (body) => {
      let records: Buffer[];
      try {
        records = parseOtlp(body, json);
      } catch (error) {
        return send(response, 400, {
          code: 3,
          message: `This is no OTLP logs request: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
        });
      }
      await this.store(asked, records);
      if (json) sendText(response, 200, OTLP_ACCEPTED.json, 'application/json');
      else response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(OTLP_ACCEPTED.protobuf);
    });
  }

  #lines(asked: Asked): Promise<void> {
    const { response } = asked;
    return this.withBody(asked, LINES, async (body) => {
      const records: Buffer[] = [];
      const add = (record: Buffer) => {
        ensureFew(records.push(record));
      };
      if (body[0] === 0x5b) {
        // An array is parsed whole, to be sure that it is one.
        if (body.length > PARSED.most)
          throw new BodyError(413, `A JSON array may have ${PARSED.most} bytes; send lines.`);
        try {
          JSON.parse(body.toString('utf8'));
        } catch {
          return send(response, 400, {
            error: 'The body begins like a JSON array and is none.',
            mend: 'Send a JSON array, or a JSON object a line.',
          });
        }
        eachElement(body, add);
      } else eachLine(body, add);
      const misread = await this.store(asked, records, body);
      send(response, 200, { stored: records.length, misread });
    });
  }

  async withBody(
    { request, route }: Asked,
    { most, weight, longest }: BodyLimit,
    work: (body: Buffer) => Promise<void>,
  ): Promise<void> {
    const { source } = route;
    const stated = Number(request.headers['content-length'] ?? 0) * weight;
    const full = (bytes: number) => {
      const own = this.#bytesOf.get(source) ?? 0;
      // Somebody's first is taken whatever its size.
      return this.#bytes + bytes > MOST_AT_ONCE || (own > held && own + bytes > MOST_OF_ONE);
    };
    let held = 0;
    const hold = (bytes: number) => {
      held += bytes;
      this.#bytes += bytes;
      const own = (this.#bytesOf.get(source) ?? 0) + bytes;
      if (own > 0) this.#bytesOf.set(source, own);
      else this.#bytesOf.delete(source);
    };
    if (this.room <= 0 || this.#bytes + stated > MOST_AT_ONCE) throw new Busy('Too much is under way.');
    try {
      const reserve = (bytes: number) => {
        if (full(bytes * weight)) throw new Busy('Too much is under way.');
        hold(bytes * weight);
      };
      await work(await readBody(request, most, reserve, longest));
    } finally {
      hold(-held);
    }
  }

  /** @param body whose parts the records are, and which nobody needs any more */
  async store({ request, route }: Asked, records: readonly Buffer[], body?: Buffer): Promise<readonly unknown[]> {
    if (records.length === 0) return [];
    const batch = new Batcher(records.reduce((sum, record) => sum + Math.min(record.length, LONGEST_RECORD), 0));
    for (const record of records) {
      const cut = record.length > LONGEST_RECORD;
      if (cut) this.#deps.meter.refused(this.#name, route.organization, 'too_long', 1);
      batch.add(cut ? record.subarray(0, LONGEST_RECORD) : record, cut);
    }
    const taken = batch.last();
    if (body !== undefined) release(body);
    this.#deps.meter.received(this.#name, route.organization, taken.ends.length, taken.bytes.length);
    const receipt = await this.#deps.intake.accept({
      ...route,
      records: taken,
      received: Date.now() * 1000,
      delivery: 'acknowledged',
      listener: this.#name,
      peer: addressOf(request.socket),
    });
    release(taken.bytes);
    return receipt.misread;
  }

  /** By token in any of the ways in which clients give one, by certificate, or by a bound address. */
  #routeOf(request: IncomingMessage, query: URLSearchParams): Route | undefined {
    const { router } = this.#deps;
    const token = tokenOf(request.headers.authorization) ?? query.get('token') ?? undefined;
    if (token !== undefined) return router.byToken(token);
    // A web page may send from any machine; only a browser says whose page it is.
    if (request.headers.origin !== undefined || request.headers['sec-fetch-site'] !== undefined) return undefined;
    const print = fingerprintOf(request.socket);
    const known = print === undefined ? undefined : router.byCertificate(print, this.#name);
    return known ?? router.byAddress(addressOf(request.socket), this.#name);
  }

  #unknown(request: IncomingMessage, response: ServerResponse, path: string) {
    this.#deps.meter.refused(this.#name, undefined, 'unauthorized', 1);
    request.resume();
    if (path.startsWith('/services/collector'))
      return send(
        response,
        request.headers.authorization === undefined ? 401 : 403,
        request.headers.authorization === undefined
          ? { text: 'Token is required', code: 2 }
          : { text: 'Invalid token', code: 4 },
      );
    response.setHeader('www-authenticate', 'Basic realm="chaperone"');
    send(response, 401, {
      error: {
        type: 'security_exception',
        reason:
          'An ingest token is missing, expired or revoked: give it as the password, or as Authorization: Bearer chi_...',
      },
      status: 401,
    });
  }

  #failed(error: unknown, request: IncomingMessage, response: ServerResponse, path: string) {
    const seconds = retryAfterOf(error);
    const hec = path.startsWith('/services/collector');
    if (response.headersSent) return void response.destroy();
    if (seconds !== undefined) {
      this.#deps.meter.refused(this.#name, undefined, 'busy', 1);
      if (takesNoForAnAnswer(request, path))
        return void setTimeout(
          () => request.socket.destroy(),
          Math.max(PAUSE, Math.min(seconds * 1000, LONGEST_PAUSE)),
        );
      response.setHeader('retry-after', String(Math.max(1, Math.ceil(seconds))));
      const reason = error instanceof Error ? error.message : 'try again';
      // Elasticsearch's clients back off at 429; 503 says that a store is gone. Both are tried again.
      const busy = (error as { code?: string }).code === 'busy';
      return send(
        response,
        busy && !hec ? 429 : 503,
        hec
          ? { text: 'Server is busy', code: 9 }
          : { error: { type: 'es_rejected_execution_exception', reason }, status: busy ? 429 : 503 },
      );
    }
    if (error instanceof BodyError) {
      response.setHeader('connection', 'close');
      return send(
        response,
        error.status,
        hec
          ? { text: error.message, code: 6 }
          : { error: { type: 'parse_exception', reason: error.message }, status: error.status },
      );
    }
    const id = randomUUID();
    send(
      response,
      500,
      hec
        ? { text: `Internal server error ${id}`, code: 8 }
        : { error: { type: 'exception', reason: `a fault of Chaperone’s own, ${id}` }, status: 500 },
    );
  }
}

/**
 * rsyslog's omelasticsearch throws away what is answered with any error, and keeps what was not answered at all: its connection is broken
 * after a while instead. It is known by being libcurl's that doesn't say what it is.
 */
function takesNoForAnAnswer({ headers }: IncomingMessage, path: string): boolean {
  return path.endsWith('/_bulk') && headers['user-agent'] === undefined && headers.accept === '*/*';
}

/** `Bearer T`, `Splunk T`, `ApiKey base64(id:T)`, `Basic base64(user:T)`. */
export function tokenOf(header: string | undefined): string | undefined {
  const found = /^(Bearer|Splunk|ApiKey|Basic)\s+(\S+)$/i.exec(header ?? '');
  if (found === null) return undefined;
  const way = found[1].toLowerCase();
  if (way === 'bearer' || way === 'splunk') return found[2];
  const plain = Buffer.from(found[2], 'base64').toString('utf8');
  // Basic may hold the token as the user, too; what begins like a token is one.
  return (
    plain.split(':').find((part) => part.startsWith('chi_')) ??
    (way === 'apikey' && found[2].startsWith('chi_') ? found[2] : plain.slice(plain.indexOf(':') + 1))
  );
}
