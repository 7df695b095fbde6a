import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeEvtx } from '@chaperone/evtx/testkit';
import { loadDirectory, loadRules, type Rule } from '@chaperone/sigma';
import { beforeAll, describe, expect, it } from 'vitest';
import { corpus, describeCorpus } from '../../telemetry/corpus.ts';
import { type Evidence, type FastRun, type Fired, fastRun, type Log, plainRun } from './engine.ts';

// The fast way of EVTX records (programs, value memory, narrowed plans) against the plain evaluator: the same rules for the
// same records, whatever the bounds, and the fast way has to have run.

const content = fileURLToPath(new URL('../../../../../content/rules', import.meta.url));
const rulesIn = async (...folders: string[]): Promise<Rule[]> => {
  const sources = [];
  for (const folder of folders) sources.push(...(await loadDirectory(folder)).sources);
  return [...loadRules(sources).rules];
};
const sigma = (text: string): Rule => loadRules([{ file: 'test.yml', text }]).rules[0];

const rule = (id: number, logsource: string, selection: string, condition = 'selection') =>
  sigma(`title: Rule ${id}
id: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f${String(id).padStart(4, '0')}
logsource: {product: windows, ${logsource}}
detection:
  selection: ${selection}
  condition: ${condition}
level: high
`);

describeCorpus('EVTX of the corpus', () => {
  const logs: Log[] = ['evtx-attack-samples', 'sigma-regression'].flatMap((folder) =>
    (readdirSync(join(corpus, folder), { recursive: true }) as string[])
      .filter((name) => name.endsWith('.evtx'))
      .sort()
      .map((name) => join(corpus, folder, name)),
  );
  let rules: Rule[];
  let plain: Fired;
  let fast: FastRun;
  const evidence: Evidence = new Map();
  beforeAll(async () => {
    const all = await rulesIn(join(corpus, 'sigma-rules'));
    // Every eighth: all of them take half a minute. CHAPERONE_THOROUGH=1 takes all.
    const every = process.env.CHAPERONE_THOROUGH === '1' ? 1 : 8;
    rules = [...(await rulesIn(content)), ...all.filter((_, index) => index % every === 3 % every)];
    plain = await plainRun(logs, rules, evidence);
    fast = await fastRun(logs, rules);
  });

  it('takes the fast way', () => {
    expect(fast.records).toBeGreaterThan(8000);
    expect(fast.fast / fast.records).toBeGreaterThan(0.99);
  });

  it('finds what the plain evaluator finds', () => {
    expect([...plain.values()].flat().length).toBeGreaterThan(800);
    expect(same(fast.fired, plain)).toEqual([]);
  });

  it('gives the evidence that an explanation made anew gives', () => {
    const wrong = [...fast.evidence].filter(([key, given]) => ![...given].every((one) => evidence.get(key)?.has(one)));
    expect(fast.evidence.size).toBeGreaterThan(800);
    expect(wrong.slice(0, 3)).toEqual([]);
  });

  it('does so when the plan forgets all the time', async () => {
    const flushed = await fastRun(logs, rules, { maxStates: 24, maxRemembered: 64 });
    expect(flushed.epochs).toBeGreaterThan(20);
    expect(same(flushed.fired, plain)).toEqual([]);
  });
});

describe('kinds of events that look alike', () => {
  const logon = (over: object, data: Record<string, string> = {}) => ({
    provider: 'Microsoft-Windows-Security-Auditing',
    eventId: 4624,
    channel: 'Security',
    computer: 'DC01',
    time: new Date('2026-11-20T01:14:00Z'),
    data: { TargetUserName: 'eve', LogonType: '3', ...data },
    ...over,
  });
  const rules = [
    rule(1, 'service: security', "{EventID: 4624, TargetUserName: 'eve'}"),
    rule(2, 'service: security', "{EventID: 4624, TargetUserName: 'bob'}"),
    rule(3, 'service: security', "{EventID: 4625, TargetUserName: 'eve'}"),
    rule(4, 'service: security', "{TargetUserName|startswith: 'ev'}"),
    rule(5, 'service: security', '{EventID: 4720}'),
    rule(6, 'service: security', '{EventID: 4726}'),
    rule(7, 'service: security', "{Channel: 'Security', LogonType: 3}"),
    rule(8, 'service: security', "{Provider_Name|contains: 'Auditing', LogonType: 10}"),
  ];
  const check = async (events: Parameters<typeof writeEvtx>[0]) => {
    const log = { name: 'made.evtx', bytes: writeEvtx(events) };
    const { fired, fast, records } = await fastRun([log], rules);
    expect(same(fired, await plainRun([log], rules))).toEqual([]);
    return { fired, fast, records };
  };

  it('spellings of provider and channel share a class, and no signatures', async () => {
    // The views of the spellings see the values in another order, so that numbers would get mixed up if they were shared.
    const { fired, fast, records } = await check([
      logon({}, { TargetUserName: 'bob' }),
      logon({}, { TargetUserName: 'eve' }),
      logon({ channel: 'security' }, { TargetUserName: 'eve' }),
      logon({ channel: 'security' }, { TargetUserName: 'bob' }),
      logon({ channel: 'SECURITY', provider: 'MICROSOFT-WINDOWS-SECURITY-AUDITING' }, { TargetUserName: 'mallory' }),
      logon({ channel: 'SECURITY', provider: 'MICROSOFT-WINDOWS-SECURITY-AUDITING' }, { TargetUserName: 'bob' }),
      logon({ channel: 'SECURITY', provider: 'MICROSOFT-WINDOWS-SECURITY-AUDITING' }, { TargetUserName: 'eve' }),
    ]);
    expect(fast).toBe(records);
    expect([...fired.values()].filter((ids) => ids.some((id) => id.endsWith('Rule 1')))).toHaveLength(3);
    expect([...fired.values()].filter((ids) => ids.some((id) => id.endsWith('Rule 2')))).toHaveLength(3);
  });

  it('a provider that only the event source names', async () => {
    await check([
      logon({}, { TargetUserName: 'bob' }),
      logon({ eventSource: 'Microsoft-Windows-Security-Auditing' }, { TargetUserName: 'eve' }),
      logon({ provider: '', eventSource: 'Microsoft-Windows-Security-Auditing' }, { TargetUserName: 'eve' }),
      logon({ provider: '', eventSource: 'Microsoft-Windows-Security-Auditing' }, { TargetUserName: 'bob' }),
      logon({ channel: 'ForwardedEvents' }, { TargetUserName: 'eve' }),
      logon({ channel: '' }, { TargetUserName: 'eve' }),
    ]);
  });

  it('another event id in the same layout', async () => {
    await check([4624, 4625, 4720, 4726, 4624, 0, 65_535, 4625].map((eventId) => logon({ eventId })));
  });

  it('events without templates', async () => {
    const { fired } = await check([
      logon({ template: false }),
      logon({}),
      logon({ template: false }, { TargetUserName: 'bob' }),
    ]);
    expect(fired.size).toBe(3);
  });

  it('a keyword behind hundreds of others', async () => {
    const asked = ['alphaword', 'betaword'].map((word, id) => rule(20 + id, 'service: application', `['${word}']`));
    const data = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`F${i}`, `alphaword ${i}`]));
    const event = { provider: 'App', eventId: 1, channel: 'Application', computer: 'X', time: new Date(0) };
    const events = [
      { ...event, data: { ...data, Last: 'betaword' } },
      { ...event, data: [...Object.values(data), 'betaword'] },
      { ...event, template: false, data: { ...data, Last: 'betaword' } },
    ];
    const log = { name: 'words.evtx', bytes: writeEvtx(events) };
    const { fired } = await fastRun([log], asked);
    expect(same(fired, await plainRun([log], asked))).toEqual([]);
    expect([...fired.values()].map((ids) => ids.length)).toEqual([2, 2, 2]);
  });

  it('values that differ in case, type and length only', async () => {
    await check(
      ['eve', 'EVE', 'Eve', 'eve ', 'ev', 'e', '', 'eve\0', 'evé', 'EVÉ'].map((name) =>
        logon({}, { TargetUserName: name }),
      ),
    );
  });
});

/** How two runs differ, a few lines of it. */
function same(actual: Fired, expected: Fired): string[] {
  const differences: string[] = [];
  for (const key of new Set([...actual.keys(), ...expected.keys()])) {
    const [a, e] = [actual.get(key) ?? [], expected.get(key) ?? []];
    for (const one of a) if (!e.includes(one)) differences.push(`${key}: fired, but should not: ${one}`);
    for (const one of e) if (!a.includes(one)) differences.push(`${key}: should have fired: ${one}`);
  }
  return differences.slice(0, 10);
}
