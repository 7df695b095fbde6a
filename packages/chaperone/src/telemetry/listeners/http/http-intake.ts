import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { Busy, type Route } from '../../intake.ts';
import { Batcher } from '../batcher.ts';
import { retryAfterOf } from '../deliver.ts';
import { addressOf, type StreamDeps } from '../syslog-stream.ts';
import type { TlsMaterial } from '../tls-material.ts';
import { bulkAnswer, parseBulk } from './bulk.ts';
import { parseHec } from './hec.ts';
import { eachElement, eachLine } from './lines.ts';
import { OTLP_ACCEPTED, parseOtlp } from './otlp.ts';
import { BodyError, readBody } from './read-body.ts';

/** Bytes of a request, packed or unpacked; what shippers send at once is far below. */
const MOST_BODY = 100 << 20;
/** Bodies under way at once, bytes: more is answered 503. */
const MOST_AT_ONCE = 256 << 20;
const VERSION = '8.17.0';

type Handler = (request: Asked) => Promise<void>;

interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly route: Route;
}

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
            cert: tls.cert,
            key: tls.key,
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            requestCert: tls.clientCertificate !== 'none',
            rejectUnauthorized: tls.clientCertificate === 'required' && tls.ca !== undefined,
            minVersion: 'TLSv1.2',
          },
          listener,
        );
  server.maxConnections = 2_000;
  return {
    server: server as Server,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeIdleConnections();
        // a connection whose request is still answered would wait idle for the whole of its time
        server.keepAliveTimeout = 1;
      }),
  };
}

class HttpIntake {
  readonly #name: string;
  readonly #deps: StreamDeps;
  #bytes = 0;
  /** HEC: acknowledgements by channel */
  readonly #acks = new Map<string, { next: number; done: Set<number> }>();

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
      if (/^\/services\/collector\/health/.test(path)) return this.#hecHealth(response);
      const route = this.#routeOf(request, url.searchParams);
      if (route === undefined) return this.#unknown(request, response, path);
      const handler = this.#handlerFor(request.method ?? 'GET', path);
      await handler({ request, response, path, query: url.searchParams, route });
    } catch (error) {
      this.#failed(error, response, path);
    }
  }

  #handlerFor(method: string, path: string): Handler {
    if ((method === 'POST' || method === 'PUT') && /^(\/[^/]+)?\/_bulk$/.test(path))
      return (asked) => this.#bulk(asked);
    if (/^\/services\/collector(\/event)?(\/1\.0)?$/.test(path)) return (asked) => this.#hec(asked);
    if (/^\/services\/collector\/raw(\/1\.0)?$/.test(path)) return (asked) => this.#hecRaw(asked);
    if (/^\/services\/collector\/ack(\/1\.0)?$/.test(path)) return (asked) => this.#hecAck(asked);
    if (method === 'POST' && path === '/v1/logs') return (asked) => this.#otlp(asked);
    if (method === 'POST' && (path === '/ndjson' || path === '/lines')) return (asked) => this.#lines(asked);
    return (asked) => this.#handshake(asked);
  }

  async #bulk({ request, response, path, route }: Asked): Promise<void> {
    const begun = performance.now();
    const body = await this.#body(request);
    try {
      const bulk = parseBulk(body, path.slice(1).replace(/\/?_bulk$/, '') || 'logs');
      if (bulk === undefined)
        return send(response, 400, {
          error: {
            type: 'illegal_argument_exception',
            reason: 'Malformed bulk body: an action line is expected, then a document, each ended by a newline',
          },
          status: 400,
        });
      await this.#store(route, bulk.documents, request);
      sendText(response, 200, bulkAnswer(bulk, performance.now() - begun), 'application/json');
    } finally {
      this.#bytes -= body.length;
    }
  }

  async #hec({ request, response, query, route }: Asked): Promise<void> {
    const body = await this.#body(request);
    try {
      if (body.length === 0) return send(response, 400, { text: 'No data', code: 5 });
      const events = parseHec(body.toString('utf8'));
      if (!Array.isArray(events))
        return send(
          response,
          400,
          events.noData
            ? { text: 'Event field is required', code: 12, 'invalid-event-number': events.invalid }
            : { text: 'Invalid data format', code: 6, 'invalid-event-number': events.invalid },
        );
      const hosts = new Set(events.map(({ host }) => host));
      const host = hosts.size === 1 ? events[0]?.host : undefined;
      await this.#store(
        route,
        events.map(({ record }) => record),
        request,
        host === undefined ? undefined : { host },
      );
      this.#hecDone(request, response, query, route);
    } finally {
      this.#bytes -= body.length;
    }
  }

  async #hecRaw({ request, response, query, route }: Asked): Promise<void> {
    const body = await this.#body(request);
    try {
      const records: Buffer[] = [];
      eachLine(body, (line) => records.push(line));
      if (records.length === 0) return send(response, 400, { text: 'No data', code: 5 });
      const host = query.get('host') ?? undefined;
      await this.#store(route, records, request, host === undefined ? undefined : { host });
      this.#hecDone(request, response, query, route);
    } finally {
      this.#bytes -= body.length;
    }
  }

  #hecDone(request: IncomingMessage, response: ServerResponse, query: URLSearchParams, route: Route) {
    const channel = request.headers['x-splunk-request-channel'] ?? query.get('channel');
    if (typeof channel !== 'string' || channel === '' || channel.length > 64)
      return send(response, 200, { text: 'Success', code: 0 });
    // A channel's name is the client's choice: two sources may choose the same.
    const key = `${route.source}/${channel}`;
    let acks = this.#acks.get(key);
    if (acks === undefined) {
      if (this.#acks.size >= 10_000) this.#acks.delete(this.#acks.keys().next().value!);
      acks = { next: 0, done: new Set() };
      this.#acks.set(key, acks);
    }
    // The answer comes after the events are stored, so the acknowledgement is true at once.
    const ackId = acks.next;
    acks.next += 1;
    acks.done.add(ackId);
    if (acks.done.size > 10_000) acks.done.delete(acks.done.values().next().value!);
    send(response, 200, { text: 'Success', code: 0, ackId });
  }

  async #hecAck({ request, response, query, route }: Asked): Promise<void> {
    const body = await this.#body(request);
    this.#bytes -= body.length;
    const channel = String(request.headers['x-splunk-request-channel'] ?? query.get('channel') ?? '');
    const done = this.#acks.get(`${route.source}/${channel}`)?.done;
    let ids: unknown;
    try {
      ids = (JSON.parse(body.toString('utf8')) as { acks?: unknown }).acks;
    } catch {
      return send(response, 400, { text: 'Invalid data format', code: 6 });
    }
    if (!Array.isArray(ids)) return send(response, 400, { text: 'Invalid data format', code: 6 });
    const acks: Record<string, boolean> = {};
    for (const id of ids.slice(0, 10_000)) acks[String(id)] = done?.has(Number(id)) ?? false;
    send(response, 200, { acks });
  }

  #hecHealth(response: ServerResponse): void {
    if (this.#deps.intake.room > 0) send(response, 200, { text: 'HEC is healthy', code: 17 });
    else send(response, 503, { text: 'HEC is unhealthy, queues are full', code: 18 });
  }

  async #otlp({ request, response, route }: Asked): Promise<void> {
    const json = (request.headers['content-type'] ?? '').includes('json');
    const body = await this.#body(request);
    try {
      let records: Buffer[];
      try {
        records = parseOtlp(body, json);
      } catch (error) {
        return send(response, 400, {
          code: 3,
          message: `This is no OTLP logs request: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
        });
      }
      await this.#store(route, records, request);
      if (json) sendText(response, 200, OTLP_ACCEPTED.json, 'application/json');
      else response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(OTLP_ACCEPTED.protobuf);
    } finally {
      this.#bytes -= body.length;
    }
  }

  async #lines({ request, response, route }: Asked): Promise<void> {
    const body = await this.#body(request);
    try {
      const records: Buffer[] = [];
      if (body[0] === 0x5b) {
        try {
          JSON.parse(body.toString('utf8'));
        } catch {
          return send(response, 400, {
            error: 'The body begins like a JSON array and is none.',
            mend: 'Send a JSON array, or a JSON object a line.',
          });
        }
        eachElement(body, (element) => records.push(element));
      } else eachLine(body, (line) => records.push(line));
      const misread = await this.#store(route, records, request);
      send(response, 200, { stored: records.length, misread });
    } finally {
      this.#bytes -= body.length;
    }
  }

  /** What clients of Elasticsearch ask before they send: who are you, may I, is there a template. */
  async #handshake({ request, response, path }: Asked): Promise<void> {
    request.resume();
    const method = request.method ?? 'GET';
    if (method === 'HEAD') return void response.writeHead(200).end();
    if (path === '/')
      return send(response, 200, {
        name: 'chaperone',
        cluster_name: 'chaperone',
        cluster_uuid: 'chaperone-intake-000000',
        version: {
          number: VERSION,
          build_flavor: 'default',
          build_type: 'tar',
          build_hash: '0'.repeat(40),
          build_date: '2026-01-01T00:00:00.000Z',
          build_snapshot: false,
          lucene_version: '9.12.0',
          minimum_wire_compatibility_version: '7.17.0',
          minimum_index_compatibility_version: '7.0.0',
        },
        tagline: 'You Know, for Search',
      });
    if (path.startsWith('/_license'))
      return send(response, 200, { license: { status: 'active', uid: '0', type: 'basic', mode: 'basic' } });
    if (path.startsWith('/_xpack'))
      return send(response, 200, {
        features: { ilm: { available: true, enabled: true } },
        license: { type: 'basic', mode: 'basic', status: 'active' },
      });
    if (path.startsWith('/_cluster/health'))
      return send(response, 200, {
        cluster_name: 'chaperone',
        status: 'green',
        timed_out: false,
        number_of_nodes: 1,
        number_of_data_nodes: 1,
      });
    if (path.startsWith('/_nodes'))
      return send(response, 200, {
        _nodes: { total: 1, successful: 1, failed: 0 },
        cluster_name: 'chaperone',
        nodes: { chaperone: { name: 'chaperone', version: VERSION, roles: ['data', 'ingest'], http: {} } },
      });
    if (
      /^\/_(ilm|index_template|template|component_template|ingest|data_stream|alias|cat|security|mapping)/.test(path) ||
      method === 'PUT'
    )
      return send(response, 200, method === 'GET' ? {} : { acknowledged: true });
    send(response, 404, { error: { type: 'not_found', reason: `${method} ${path} is not known here` }, status: 404 });
  }

  async #body(request: IncomingMessage): Promise<Buffer> {
    const stated = Number(request.headers['content-length'] ?? 0);
    if (this.#deps.intake.room <= 0 || this.#bytes + stated > MOST_AT_ONCE) throw new Busy('Too much is under way.');
    let held = 0;
    try {
      return await readBody(request, MOST_BODY, (bytes) => {
        if (this.#bytes + bytes > MOST_AT_ONCE) throw new Busy('Too much is under way.');
        this.#bytes += bytes;
        held += bytes;
      });
    } catch (error) {
      this.#bytes -= held;
      throw error;
    }
  }

  async #store(
    route: Route,
    records: readonly Buffer[],
    request: IncomingMessage,
    context?: Readonly<Record<string, string>>,
  ): Promise<readonly unknown[]> {
    if (records.length === 0) return [];
    const batch = new Batcher();
    for (const record of records) batch.add(record);
    const { organization, source } = route;
    const taken = batch.take();
    this.#deps.meter.received(this.#name, organization, taken.ends.length, taken.bytes.length);
    const receipt = await this.#deps.intake.accept({
      organization,
      source,
      records: taken,
      received: Date.now() * 1000,
      delivery: 'acknowledged',
      listener: this.#name,
      peer: addressOf(request.socket),
      ...(context === undefined ? {} : { context }),
    });
    return receipt.misread;
  }

  /** By token in any of the ways in which clients give one, by certificate, or by a bound address. */
  #routeOf(request: IncomingMessage, query: URLSearchParams): Route | undefined {
    const { router } = this.#deps;
    const token = tokenOf(request.headers.authorization) ?? query.get('token') ?? undefined;
    if (token !== undefined) return router.byToken(token);
    const socket = request.socket as Partial<TLSSocket>;
    const raw = socket.getPeerCertificate?.().raw;
    const byCertificate =
      raw === undefined ? undefined : router.byCertificate(createHash('sha256').update(raw).digest('hex'), this.#name);
    return byCertificate ?? router.byAddress(addressOf(request.socket), this.#name);
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

  #failed(error: unknown, response: ServerResponse, path: string) {
    const seconds = retryAfterOf(error);
    const hec = path.startsWith('/services/collector');
    if (response.headersSent) return void response.destroy();
    if (seconds !== undefined) {
      this.#deps.meter.refused(this.#name, undefined, 'busy', 1);
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

function send(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body), 'application/json');
}

function sendText(response: ServerResponse, status: number, text: string, type: string): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text) }).end(text);
}
