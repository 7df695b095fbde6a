import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeEvtx, writeEvtxFile } from '@chaperone/evtx/testkit';
import { describe, expect, it } from 'vitest';
import { makeSample } from '../../../../content/sample/index.ts';
import { type ScanOptions, type Summary, scan } from '../../src/detection/index.ts';
import { corpus, describeCorpus } from '../telemetry/corpus.ts';
import { folder, launch, launchJson, left, writeRule } from './case.ts';

// The same logs give the same answer: however often, with however many threads, in whatever pieces and whatever form.

/** Scans and gives what was left, with what may differ taken out. */
async function scanned(root: string, options: Partial<ScanOptions> & Pick<ScanOptions, 'paths'>, name = 'out') {
  const out = join(root, name);
  const result = await scan({
    rules: [],
    builtinRules: true,
    indicators: [],
    level: 'medium',
    workers: 1,
    out,
    ...options,
  });
  writeFileSync(join(out, 'summary.json'), JSON.stringify(result.summary));
  const { findings, lines } = left(out);
  const { summary, timeline, by_account, by_host, by_provider, by_tactic, proposal } = result;
  return {
    result,
    findings,
    lines,
    same: { ...timeless(summary), timeline, by_account, by_host, by_provider, by_tactic, proposal },
  };
}

const timeless = ({ started: _, finished: __, seconds: ___, ...rest }: Summary) => rest;

describe('the sample', () => {
  it('gives the same findings and the same summary, twice and from one, two and three threads', async () => {
    const root = folder();
    const { paths, registry } = await makeSample(join(root, 'logs'));
    const one = await scanned(root, { paths, registry });
    expect(one.findings.length).toBeGreaterThan(40);
    for (const workers of [1, 2, 3]) {
      const again = await scanned(root, { paths, registry, workers }, `out${workers}`);
      expect(again.lines === one.lines, `findings.jsonl with ${workers}`).toBe(true);
      expect(again.same).toEqual(one.same);
      expect(again.result.findings.length).toBe(one.result.findings.length);
    }
    const detectors = new Set(one.findings.map(({ detector }) => detector));
    expect([...detectors]).toEqual(expect.arrayContaining(['change', 'correlation', 'rule', 'term']));
    expect(new Set(one.findings.map(({ id }) => id)).size).toBe(one.findings.length);
  });
});

describeCorpus('the attack samples', () => {
  it('give the same from one thread and from two, indicators included', async () => {
    const root = folder();
    writeFileSync(join(root, 'bad.csv'), 'type,value\nfilename,mimikatz.exe\nipv4,10.0.2.15\nfilename,cmd.exe\n');
    const options = { paths: [join(corpus, 'evtx-attack-samples')], indicators: [join(root, 'bad.csv')] };
    const one = await scanned(root, options);
    const two = await scanned(root, { ...options, workers: 2 }, 'out2');
    expect(one.findings.length).toBeGreaterThan(1000);
    for (const detector of ['rule', 'indicator'])
      expect(
        one.findings.some((finding) => finding.detector === detector),
        detector,
      ).toBe(true);
    expect(two.lines === one.lines).toBe(true);
    expect(two.same).toEqual(one.same);
  });
});

describe('a large EVTX file', () => {
  it('shared by threads in pieces, none lost and none doubled', async () => {
    const root = folder();
    const path = join(root, 'large.evtx');
    // Just over what is shared (96 MB), most of it padding; the command lines number the records.
    const padding = 'x'.repeat(12_000);
    const count = 4100;
    const events = function* () {
      for (let i = 0; i < count; i += 1)
        yield launch(`rar a${i % 10 === 0 ? ' -hp' : ' '}${i}`, i, {
          data: { CommandLine: `rar a${i % 10 === 0 ? ' -hp' : ' '}${i}`, Padding: padding },
        });
    };
    const { bytes } = await writeEvtxFile(path, events());
    expect(bytes).toBeGreaterThan(96 * 1024 * 1024);
    const rule = join(root, writeRule(root));
    const options = { paths: [path], rules: [rule], builtinRules: false };
    const one = await scanned(root, options);
    const two = await scanned(root, { ...options, workers: 2 }, 'out2');
    expect(one.result.summary.records.read).toBe(count);
    expect(one.findings).toHaveLength(count / 10);
    expect(two.lines === one.lines).toBe(true);
    expect(two.same).toEqual(one.same);
    expect(one.result.summary.bytes.read).toBe(bytes);
  });
});

describe('the same events', () => {
  const commands = [
    'rar l',
    'rar a -hpK n.rar C:\\Share',
    'rar a -hp"two words" ä.rar',
    'cmd /c whoami /all',
    'rar a -HPx',
  ];
  const said = ({
    findings,
  }: {
    findings: {
      rule: { id: string };
      time: string | null;
      account: string | null;
      host: string | null;
      why: string;
      evidence: unknown;
    }[];
  }) =>
    findings.map(({ rule, time, account, host, why, evidence }) => ({
      rule: rule.id,
      time,
      account,
      host,
      why,
      evidence,
    }));

  it('as EVTX and as JSON give the same findings, word for word', async () => {
    const root = folder();
    mkdirSync(join(root, 'evtx'));
    mkdirSync(join(root, 'json'));
    writeFileSync(join(root, 'evtx', 'log.evtx'), writeEvtx(commands.map((one, i) => launch(one, i))));
    writeFileSync(join(root, 'json', 'log.jsonl'), commands.map((one, i) => launchJson(one, i)).join('\n'));
    const rule = join(root, writeRule(root));
    const evtx = await scanned(root, { paths: [join(root, 'evtx')], rules: [rule] });
    const json = await scanned(root, { paths: [join(root, 'json')], rules: [rule] }, 'out2');
    expect(evtx.findings.length).toBeGreaterThan(3);
    expect(said(json)).toEqual(said(evtx));
  });

  it('packed and unpacked give the same findings', async () => {
    const root = folder();
    const log = writeEvtx(commands.map((one, i) => launch(one, i)));
    writeFileSync(join(root, 'log.evtx'), log);
    const gz = openSync(join(root, 'log.evtx.gz'), 'w');
    writeSync(gz, gzipSync(log));
    closeSync(gz);
    const rule = join(root, writeRule(root));
    const plain = await scanned(root, { paths: [join(root, 'log.evtx')], rules: [rule] });
    const packed = await scanned(root, { paths: [join(root, 'log.evtx.gz')], rules: [rule] }, 'out2');
    expect(said(packed)).toEqual(said(plain));
    expect(packed.result.summary.records.read).toBe(commands.length);
  });
});

describeCorpus('the regression cases', () => {
  it('as EVTX and as the JSON beside it fire the same rules', async () => {
    const root = folder();
    const cases = join(corpus, 'sigma-regression');
    const { findings } = await scanned(root, {
      paths: [cases],
      rules: [join(corpus, 'sigma-rules')],
      builtinRules: true,
    });
    const fired = (ending: string) =>
      findings
        .filter(({ detector, source }) => detector === 'rule' && source.file.endsWith(ending))
        .map(({ rule, source, time, account, host, src_ip }) =>
          JSON.stringify([source.file.slice(0, -ending.length), rule.id, rule.title, time, account, host, src_ip]),
        )
        .sort();
    // Only where there is a JSON file beside the log.
    const json = fired('.json');
    const both = new Set(json.map((one) => JSON.parse(one)[0]));
    const evtx = fired('.evtx').filter((one) => both.has(JSON.parse(one)[0]));
    expect(json.length).toBeGreaterThan(150);
    expect(evtx.filter((one) => !json.includes(one)).slice(0, 5)).toEqual([]);
    expect(json.filter((one) => !evtx.includes(one)).slice(0, 5)).toEqual([]);
  });
});
