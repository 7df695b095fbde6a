// The sample case is what a person sees first: the ordinary week must raise nothing, and the night exactly its story.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type Finding, type ScanResult, scan } from '../../packages/chaperone/src/detection/index.ts';
import { makeSample } from './index.ts';
import { sampleRecords } from './sample-records.ts';

const folder = mkdtempSync(join(tmpdir(), 'chaperone-sample-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function findings(name: string, night: boolean) {
  const { paths, registry } = await makeSample(join(folder, name, 'logs'), { night });
  return scanned(name, paths, registry);
}

async function scanned(
  name: string,
  paths: readonly string[],
  registry: string,
): Promise<{ all: Finding[]; summary: ScanResult['summary'] }> {
  const out = join(folder, name, 'out');
  const { summary } = await scan({
    paths,
    rules: [],
    builtinRules: true,
    registry,
    indicators: [],
    level: 'medium',
    out,
    workers: 1,
  });
  const text = readFileSync(join(out, 'findings.jsonl'), 'utf8').trimEnd();
  return { all: text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Finding), summary };
}

const quiet = await findings('quiet', false);
const whole = await findings('whole', true);

describe('the week as it should be', () => {
  test('breaks no term, changes nothing, and fires no rule that would wake anybody', () => {
    const loud = quiet.all.filter(
      ({ detector, level }) => detector !== 'rule' || level === 'high' || level === 'critical',
    );
    expect(loud.map(({ why }) => why)).toEqual([]);
    expect(quiet.summary.files.unread).toEqual([]);
    expect(quiet.summary.records.unread).toBe(0);
  });

  test('leaves no question about the terms open', () => {
    expect(quiet.summary.coverage.unanswered.filter(({ question }) => question.includes('term'))).toEqual([]);
  });

  test('shows the three answers to when an account was last used', () => {
    const use = Object.fromEntries(quiet.summary.accounts.map((one) => [one.account, one.use]));
    expect(use).toEqual({
      'CLINIC\\ng-anna': 'seen',
      'CLINIC\\ng-tom': 'seen',
      'CLINIC\\ng-lena': 'never',
      'CLINIC\\svc-rmm': 'seen',
      'fw01\\ng-emergency': 'unknown',
      'anna.berg@northgate.example': 'seen',
    });
  });
});

describe('the night', () => {
  const key = ({ time, rule }: Finding) => `${time} ${rule.id}`;
  const told = whole.all
    .filter(({ detector }) => detector === 'term' || detector === 'change')
    .sort((a, b) => (key(a) < key(b) ? -1 : 1));

  test('is told in a few sentences, each of its own kind', () => {
    expect(told.map(({ rule, level, account }) => [rule.id, level, account])).toEqual([
      ['term/northgate/office-hours/when+edge', 'low', 'CLINIC\\ng-anna'],
      ['term/northgate/office-hours/edge', 'high', 'CLINIC\\ng-anna'],
      ['term/northgate/office-hours/when', 'high', 'CLINIC\\ng-anna'],
      ['term/northgate/office-hours/from+to', 'high', 'CLINIC\\ng-anna'],
      ['term/northgate/tenant/when+from+mfa', 'high', 'anna.berg@northgate.example'],
      ['check/made-by-provider', 'high', 'CLINIC\\ng-anna'],
      ['check/edge-mismatch', 'high', 'CLINIC\\svc-rmm'],
      ['check/other-instance', 'high', null],
      ['check/undeclared-account', 'high', 'CLINIC\\healthmon'],
    ]);
  });

  test.each([
    [
      'office-hours/edge',
      "opened a VPN session on fw01 at 02:00 on 2026-11-04, from 203.0.113.77, which is none of Northgate IT's networks (198.51.100.0/28)",
    ],
    ['office-hours/when', 'It also logged on to FS01, DC01, PACS01, WS-RECEPTION, WS-SURGERY and WS-BILLING'],
    ['office-hours/from+to', 'WS-RECEPTION, WS-SURGERY and WS-BILLING are none of the agreed systems (servers).'],
    [
      'tenant/',
      'It logged on to Microsoft 365 without a second factor. It also did “Add service principal credentials”',
    ],
    [
      'made-by-provider',
      'created the account CLINIC\\healthmon at 02:55 on 2026-11-04 and put it into Domain Admins at 02:55',
    ],
    ['undeclared-account', 'It was used on fw01 and FS01.clinic.example from 21:52'],
  ])('says of %s what happened', (rule, words) => {
    expect(told.find((one) => one.level === 'high' && one.rule.id.includes(rule))?.why).toContain(words);
  });

  test('keeps every host of a joined finding', () => {
    expect(told.find(({ rule }) => rule.id.endsWith('/when'))?.hosts).toHaveLength(7);
  });

  test('counts the new account once, under its whole name', () => {
    const names = whole.summary.accounts.map(({ account }) => account).filter((name) => name.includes('healthmon'));
    expect(names).toEqual(['CLINIC\\healthmon']);
  });

  test('is the only thing that is high: every such finding lies in it, or is the new account’s evening', () => {
    const outside = whole.all.filter(
      ({ level, time }) =>
        (level === 'high' || level === 'critical') && !/^2026-11-04T(?:00:4|0[012]:|20:5)/.test(time ?? ''),
    );
    expect(outside.map(({ why }) => why)).toEqual([]);
    expect(whole.summary.verdict.state).toBe('compromise_likely');
  });
});

test('what an exception holds back is counted in the summary, and the rest is told', async () => {
  const { paths, registry } = await makeSample(join(folder, 'held', 'logs'));
  const exception =
    'exceptions: [{ term: other-instance, host: PACS01, owner: Head of IT, reason: Moving to a new server, end: 2026-12-31 }]\n';
  writeFileSync(registry, `${readFileSync(registry, 'utf8')}${exception}`);
  const { all, summary } = await scanned('held', paths, registry);
  expect(summary.exceptions).toEqual([
    {
      term: 'other-instance',
      provider: null,
      account: null,
      host: 'PACS01',
      owner: 'Head of IT',
      reason: 'Moving to a new server',
      end: '2026-12-31',
      held_back: 1,
    },
  ]);
  expect(all.filter(({ detector }) => detector === 'change').map(({ rule }) => rule.id)).toEqual([
    'check/made-by-provider',
    'check/undeclared-account',
  ]);
});

test.each(['2031-07-16T12:00:00Z', '2031-07-17T00:00:00Z', '2028-02-29T23:59:00Z'])(
  'told of the days before %s it is the same night, and goes on until then',
  async (at) => {
    const until = Date.parse(at);
    const { paths, registry } = await makeSample(join(folder, at.slice(0, 10), 'logs'), { until });
    const moved = await scanned(at.slice(0, 10), paths, registry);
    const same = ({ detector, rule, account, level }: Finding) => `${detector} ${rule.id} ${account} ${level}`;
    const loud = ({ all }: { all: Finding[] }) =>
      all.filter(({ level }) => level !== 'informational' && level !== 'low');
    expect(loud(moved).map(same).sort()).toEqual(loud(whole).map(same).sort());
    const times = sampleRecords(until).map(({ time }) => time / 1000);
    expect(Math.max(...times)).toBeLessThanOrEqual(until);
    expect(Math.max(...times)).toBeGreaterThan(until - 2 * 3_600_000);
    const last = moved.all
      .map(({ time }) => time ?? '')
      .sort()
      .at(-1);
    expect(moved.all.find(({ time }) => time === last)?.level).toBe('high');
    const night = loud(moved).map(({ time }) => Date.parse(time ?? ''));
    expect(Math.min(...night)).toBeGreaterThan(until - 9 * 86_400_000);
  },
);

test('the sample is the same each time it is made', async () => {
  const one = await makeSample(join(folder, 'a', 'logs'));
  const two = await makeSample(join(folder, 'b', 'logs'));
  for (const name of ['DC01/Security.evtx', 'fw01/asa.log.gz', 'entra/signins.jsonl'])
    expect(readFileSync(join(one.paths[0]!, name)).equals(readFileSync(join(two.paths[0]!, name)))).toBe(true);
});
