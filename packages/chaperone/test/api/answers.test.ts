import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runningService, type TestService } from '../../testkit/running-service.ts';

type Schema = Record<string, unknown>;
interface Operation {
  readonly parameters: readonly { readonly in: string; readonly name: string; readonly required: boolean }[];
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: Schema }> }>;
}

let it: TestService;
let paths: Record<string, Record<string, Operation>>;
let organization: string;
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

const RULE = `title: Made by the test
id: 11111111-1111-4111-8111-111111111111
logsource: { product: windows, service: security }
detection: { a: { EventID: 4624 }, condition: a }
level: low
`;

/** Calls a route and says where its answer differs from what the document declares: missing, undeclared, or of another type. */
async function differences(method: string, path: string, at: string, body?: unknown): Promise<string[]> {
  const answer = await it.call(method.toUpperCase(), at, body);
  const declared = paths[`/api/v1${path}`]?.[method]?.responses[answer.status]?.content?.['application/json']?.schema;
  if (answer.status >= 300) return [`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`];
  if (declared === undefined) return [`${method} ${path}: nothing is declared`];
  if ((answer.body as { items?: unknown[] }).items?.length === 0) return [`${method} ${path}: there is nothing in it`];
  const check = ajv.compile(declared);
  if (check(answer.body)) return [];
  const wrong = (check.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${method} ${path}${instancePath.replace(/\d+/g, '#')} ${message} ${JSON.stringify(params)}`,
  );
  return [...new Set(wrong)];
}

const made = (path: string, body: unknown) =>
  it.call<{ id: string }>('POST', `/organizations/${organization}${path}`, body).then((answer) => answer.body.id);

beforeAll(async () => {
  it = await runningService();
  ({ paths } = (await (await fetch(`${it.service.url}/api/openapi.json`)).json()) as { paths: typeof paths });
  organization = (await it.call<{ organization: string }>('POST', '/sample', {})).body.organization;
  await it.until(
    async () =>
      (await list<object>('/findings')).length > 20 && (await list<{ health: unknown }>('/sources')).length > 3,
    60,
  );
  const feed = await made('/indicator-feeds', { name: 'By hand', kind: 'csv' });
  const values = 'type,value\nip,203.0.113.9\ndomain,evil.example\n';
  const { secret } = (
    await it.call<{ secret: string }>('POST', `/organizations/${organization}/tokens`, {
      name: 't',
      role: 'administrator',
    })
  ).body;
  const send = (path: string, body: string) =>
    fetch(`${it.service.url}/api/v1/organizations/${organization}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}` },
      body,
    });
  await send(`/indicator-feeds/${feed}/import?name=a.csv`, values);
  await made('/exceptions', {
    reason: 'r',
    owner: 'o',
    ends_at: new Date(Date.now() + 1e9).toISOString(),
    rule_id: 'x',
  });
  await made('/legal-holds', { reason: 'r', owner: 'o' });
  await made('/rule-documents', { name: 'n', document: RULE });
  await made('/oidc-providers', { name: 'p', issuer: 'https://login.clinic.example', client_id: 'c' });
  const pulled = { service: 'okta', domain: 'https://127.0.0.1:9', token: 't' };
  await made('/sources', { name: 'Pulled', kind: 'pull', settings: pulled });
  const [{ id: source }] = await list<{ id: string }>('/sources');
  await made(`/sources/${source}/bindings`, { kind: 'address', value: '192.0.2.1' });
  await send(`/sources/${source}/uploads?name=a.json`, '{"broken');
}, 180_000);
afterAll(() => it?.close());

async function list<T>(path: string): Promise<T[]> {
  return (await it.call<{ items: T[] }>('GET', `/organizations/${organization}${path}?limit=100`)).body.items;
}

test('everything that is read looks as the document says, and the document leaves nothing out', async () => {
  const [source] = await list<{ id: string }>('/sources');
  const finding = (await list<{ id: string; detector: string }>('/findings')).find(
    ({ detector }) => detector === 'rule',
  )!;
  const [rule] = await list<{ id: string }>('/rules');
  const [event] = await list<{ id: string }>(`/findings/${finding.id}/events`);
  const ids: Readonly<Record<string, string>> = {
    sources: source.id,
    findings: finding.id,
    rules: rule.id,
    events: event.id,
  };
  const reading = Object.entries(paths).filter(
    ([path, methods]) => methods.get !== undefined && !/\/(live|export)$|\/oidc\/(callback|\{id\}\/start)$/.test(path),
  );
  const wrong: string[] = [];
  for (const [whole] of reading) {
    const path = whole.replace('/api/v1', '');
    const room = path.split('/')[3] ?? '';
    if (path.includes('{id}') && ids[room] === undefined) wrong.push(`no ${room} to look at for ${path}`);
    const at = path.replace('{organization}', organization).replace('{id}', ids[room] ?? '');
    wrong.push(...(await differences('get', path, at)));
  }
  expect(reading.length).toBeGreaterThan(25);
  expect(wrong).toEqual([]);
});

test('so does what a test of a rule, a dry run of a registry and a change answer', async () => {
  const AT = '/organizations/{organization}';
  const from = new Date(Date.now() - 90 * 86_400_000).toISOString();
  const to = new Date().toISOString();
  const [rule] = await list<{ id: string }>('/rules');
  const [source] = await list<{ id: string }>('/sources');
  const wrong = [
    ...(await differences('post', `${AT}/rules/test`, `/organizations/${organization}/rules/test`, {
      rule: RULE,
      from,
      to,
    })),
    ...(await differences('put', `${AT}/registry`, `/organizations/${organization}/registry`, {
      document: 'providers: 3\n',
      dry_run: true,
    })),
    ...(await differences('patch', `${AT}/rules/{id}`, `/organizations/${organization}/rules/${rule.id}`, {
      enabled: false,
      reason: 'r',
    })),
    ...(await differences('patch', `${AT}/sources/{id}`, `/organizations/${organization}/sources/${source.id}`, {
      name: 'Renamed',
    })),
    ...(await differences('patch', AT, `/organizations/${organization}`, { retention_days: 400 })),
  ];
  expect(wrong).toEqual([]);
});
