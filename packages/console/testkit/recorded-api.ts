// The API as recorded shapes, for looking at pages without stores. What it serves is hostile on purpose: names and log lines carry markup,
// characters that turn the direction of writing, and formulas.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import {
  audit,
  event,
  feeds,
  findings,
  indicators,
  members,
  pastRuns,
  rules,
  source,
  tokens,
  versions,
} from './recorded-things.ts';

export interface RecordedApi {
  readonly url: string;
  /** tells every open page of something new, as the live stream does */
  readonly announce: (kind: string, id: string) => void;
  readonly addFinding: (title: string) => string;
  readonly firstEvent: () => void;
  close(): Promise<void>;
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Serves a built console and the recorded API on a port of its own. */
export async function startRecordedApi(dist: string, { setup = false } = {}): Promise<RecordedApi> {
  const live = new Set<ServerResponse>();
  let state: 'none' | 'password' | 'full' = 'none';
  let factor = !setup;
  const exceptions: Record<string, unknown>[] = [];
  const all = [...findings];
  const sources = [structuredClone(source)];
  const page = (items: readonly unknown[]) => ({ items, next: null });

  async function answer(method: string, path: string, body: () => Promise<Record<string, unknown>>): Promise<unknown> {
    const at = (wanted: string) => `${method} ${path}` === wanted;
    if (at('GET /setup')) return { needed: setup && state === 'none' };
    if (at('POST /setup')) {
      if ((await body()).token !== 'once') throw problem(410, 'token_void', 'This link was used or is too old.');
      state = 'full';
      return { organization: 'harbour' };
    }
    if (at('GET /session/oidc')) return page([{ id: 'idp', name: 'Harbour’s directory' }]);
    if (at('POST /session')) {
      if ((await body()).password !== 'correct horse battery')
        throw problem(401, 'sign_in_failed', 'Address or password is wrong.');
      state = 'password';
      return { state };
    }
    if (at('POST /session/totp')) {
      if ((await body()).code !== '123456') throw problem(401, 'code_wrong', 'The code is wrong or has been used.');
      state = 'full';
      return { state };
    }
    if (state === 'none') throw problem(401, 'not_signed_in', 'Nobody is signed in, or the session has ended.');
    if (at('GET /session')) return session(state);
    if (at('DELETE /session')) {
      state = 'none';
      return undefined;
    }
    if (at('GET /me/factors'))
      return page(
        factor ? [{ id: 'f1', kind: 'totp', label: 'Phone', created_at: audit[0]!.at, last_used_at: null }] : [],
      );
    if (at('POST /me/factors/totp'))
      return {
        id: 'f1',
        secret: 'JBSWY3DPEHPK3PXP',
        uri: 'otpauth://totp/Chaperone:ada?secret=JBSWY3DPEHPK3PXP&issuer=Chaperone',
      };
    if (at('POST /me/factors/totp/confirm')) {
      factor = true;
      return undefined;
    }
    if (at('POST /me/recovery-codes')) return { codes: ['abcd-efgh', 'ijkl-mnop'] };
    if (at('GET /me/sessions'))
      return page([{ id: 's1', current: true, ip: '127.0.0.1', user_agent: 'Firefox', last_seen_at: audit[0]!.at }]);
    if (at('POST /sample')) return { organization: 'harbour' };
    const [, , , room = '', id, part] = path.split('/');
    if (room === '')
      return {
        id: 'o1',
        slug: 'harbour',
        name: 'Harbour Clinic',
        side: 'client',
        zone: 'Europe/Berlin',
        retention_days: 365,
      };
    if (room === 'findings') {
      if (part === 'events') return page([event]);
      return id === undefined ? page(all) : all.find((one) => one.id === id);
    }
    if (room === 'events') return event;
    if (room === 'exceptions') {
      if (method === 'GET') return page(exceptions);
      exceptions.push({ id: 'x1', ended_at: null, held_back: 0, last_held_back_at: null, ...(await body()) });
      return { id: 'x1' };
    }
    if (room === 'sources') return ofSources(method, id, part);
    if (room === 'rules') return ofRules(id);
    if (room === 'rule-documents') {
      if (method === 'GET') return page([]);
      throw problem(422, 'rule_refused', 'There is a rule that can’t be read.', {
        problems: [
          { line: 7, message: 'The condition names “nothing”, which is no selection.', mend: 'Name one of: tool.' },
        ],
      });
    }
    const lists: Readonly<Record<string, readonly unknown[]>> = {
      users: members,
      tokens,
      indicators,
      'indicator-feeds': feeds,
    };
    if (room === 'users' && method === 'POST') return { id: 'u9', link: 'http://127.0.0.1/#/accept?token=invited' };
    if (room === 'tokens' && method === 'POST') return { id: 't9', secret: 'chp_shown_once' };
    if (lists[room] !== undefined) return page(lists[room]);
    if (room === 'registry') {
      if (method === 'PUT')
        return {
          version: null,
          problems: [
            {
              severity: 'warning',
              code: 'REGISTRY_ADVICE',
              message: 'No hours are agreed.',
              mend: 'Add them.',
              line: 3,
              column: 1,
            },
          ],
        };
      return page(versions);
    }
    if (room === 'status') return { engine: 'running', deaths: 0, last_death: null, unjudged: 0 };
    if (room === 'providers') return page([{ slug: 'northgate', name: 'Northgate IT' }]);
    if (room === 'past-runs') return page(pastRuns);
    if (room === 'audit') return id === 'verification' ? { ok: true, records: audit.length } : page(audit);
    throw problem(404, 'not_found', 'There is no such thing.');
  }

  function ofSources(method: string, id: string | undefined, part: string | undefined): unknown {
    if (id === undefined) return method === 'GET' ? page(sources) : sources[0];
    if (part === undefined) return sources[0];
    if (part === 'tokens') return method === 'GET' ? page([]) : { id: 't9', secret: 'chi_shown_once' };
    if (part === 'volume')
      return page(
        Array.from({ length: 24 }, (_, n) => ({
          hour: new Date(Date.now() - (24 - n) * 3_600_000).toISOString(),
          events: 100 + ((n * 37) % 60),
        })),
      );
    if (part === 'shippers')
      return page([
        {
          name: 'filebeat',
          title: 'Filebeat',
          configuration: 'output.elasticsearch:\n  hosts: ["http://127.0.0.1:7781"]\n  api_key: "YOUR-INGEST-TOKEN"\n',
        },
        {
          name: 'rsyslog',
          title: 'rsyslog',
          configuration: '*.* action(type="omfwd" target="127.0.0.1" port="5514" protocol="tcp")',
        },
      ]);
    if (part === 'problems')
      return page([
        {
          id: 'p1',
          code: 'json',
          message: 'The record is no JSON.',
          mend: 'Set the codec of the shipper to json.',
          line: '<img src=x onerror=alert(1)> \u202egpj.exe {"half',
          count: 3,
          last_at: audit[0]!.at,
        },
      ]);
    return page([]);
  }

  function ofRules(id: string | undefined): unknown {
    if (id === 'test')
      return {
        from: audit[0]!.at,
        to: audit[0]!.at,
        events: 120_000,
        matches: 2,
        samples: [{ id: 'e1', time: event.time, raw: event.raw }],
        note: null,
      };
    if (id === 'coverage')
      return page([
        {
          tactic: 'lateral-movement',
          technique: 'T1021.001',
          name: 'Remote Desktop',
          rules: 3,
          enabled: 3,
          blind: 1,
          why_blind: ['no Sysmon'],
        },
        {
          tactic: 'persistence',
          technique: 'T1098',
          name: null,
          rules: 1,
          enabled: 1,
          blind: 1,
          why_blind: ['no Entra audit'],
        },
      ]);
    return id === undefined ? page(rules) : rules.find((rule) => rule.id === decodeURIComponent(id));
  }

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname;
    response.setHeader('content-security-policy', policy);
    if (path.endsWith('/live')) {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: hello\ndata: {}\n\n');
      live.add(response);
      request.on('close', () => live.delete(response));
    } else if (path === '/readyz') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ready"}');
    } else if (path.startsWith('/api/v1')) {
      answer(request.method ?? 'GET', path.slice(7), () => bodyOf(request)).then(
        (value) => {
          if (value === undefined) response.writeHead(204).end();
          else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
        },
        (error: { status?: number }) =>
          response
            .writeHead(error.status ?? 500, { 'content-type': 'application/problem+json' })
            .end(JSON.stringify(error)),
      );
    } else {
      const file = path === '/' ? 'index.html' : path.slice(1);
      readFile(join(dist, file)).then(
        (bytes) => response.writeHead(200, { 'content-type': types[extname(file)] ?? 'text/plain' }).end(bytes),
        () => response.writeHead(404).end(),
      );
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const announce = (kind: string, id: string) => {
    for (const response of live) response.write(`event: ${kind}\ndata: ${JSON.stringify({ id })}\n\n`);
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    announce,
    addFinding: (title) => {
      const id = `new-${all.length}`;
      all.unshift({ ...all[0]!, id, rule_title: title });
      announce('finding', id);
      return id;
    },
    firstEvent: () => {
      sources[0]!.health = {
        ...sources[0]!.health!,
        state: 'healthy',
        last_received_at: new Date().toISOString(),
        last_event_at: new Date().toISOString(),
        events: 1,
      };
      announce('source', sources[0]!.id);
    },
    close: async () => {
      for (const response of live) response.end();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function session(state: 'password' | 'full') {
  return {
    state,
    csrf_token: 'csrf',
    user: { id: 'u1', email: 'ada@harbour.example', name: 'Ada Harbour' },
    organizations: [
      { id: 'o1', slug: 'harbour', name: 'Harbour Clinic', zone: 'Europe/Berlin', role: 'administrator' },
    ],
    factors: ['totp', 'recovery'],
  };
}

function problem(status: number, code: string, detail: string, more: Record<string, unknown> = {}) {
  return { status, code, detail, mend: 'Try it again.', ...more };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString('utf8') || '{}') as Record<string, unknown>;
}
