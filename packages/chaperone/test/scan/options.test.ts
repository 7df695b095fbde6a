import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeEvtx } from '@chaperone/evtx/testkit';
import { describe, expect, it } from 'vitest';
import { loadRegistry } from '../../src/registry/index.ts';
import { command, folder, launch, launchJson, left, writeRule } from './case.ts';

// What can be asked of a scan, through the real command.

const plain = ['--rules', 'rule.yml', '--no-builtin-rules', '--out', 'out', '--workers'];

describe('--mapping', () => {
  const mapping = `name: door-log
time: { column: When, format: "dd.MM.yyyy HH:mm:ss", zone: Europe/Berlin }
fields: { Who: User, Did: CommandLine }
logsource: { product: doors }
roles: { actor.user.name: User }
`;
  const rule = `title: Door forced
id: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c12
logsource: { product: doors }
detection: { selection: { CommandLine: forced }, condition: selection }
level: high
`;
  it.each(['1', '2'])('reads a CSV that nobody else knows, in %s threads', (workers) => {
    const root = folder();
    writeRule(root, rule);
    writeFileSync(
      join(root, 'doors.csv'),
      'When,Who,Did,Door\n04.11.2026 02:14:00,eve,forced,3\n04.11.2026 08:00:00,bob,opened,1\n',
    );
    writeFileSync(join(root, 'doors.yaml'), mapping);
    expect(command(root, ['scan', 'doors.csv', ...plain, workers]).code).toBe(2);
    const ran = command(root, ['scan', 'doors.csv', ...plain, workers, '--mapping', 'doors.yaml']);
    expect(ran.code, ran.err).toBe(1);
    const { findings, summary } = left(join(root, 'out'));
    expect(findings).toMatchObject([{ time: '2026-11-04T01:14:00.000000Z', account: 'eve', source: { record: 2 } }]);
    expect(summary.records).toMatchObject({ read: 2, unread: 0 });
  });

  it('one that is wrong is refused, at its line', () => {
    const root = folder();
    writeRule(root, rule);
    writeFileSync(join(root, 'doors.csv'), 'When,Who,Did\n');
    writeFileSync(join(root, 'doors.yaml'), mapping.replace('product: doors', 'vendor: doors'));
    const { code, err } = command(root, ['scan', 'doors.csv', ...plain, '1', '--mapping', 'doors.yaml']);
    expect(code).toBe(3);
    expect(err).toContain('doors.yaml:4: ');
    expect(err).toContain('vendor');
  });
});

describe('times', () => {
  it('--since and --until leave out what lies outside and say how much, in any form and number of threads', () => {
    const root = folder();
    writeRule(root);
    const seconds = [0, 10, 20, 30, 40];
    writeFileSync(join(root, 'log.evtx'), writeEvtx(seconds.map((second) => launch(`rar a -hp${second}`, second))));
    writeFileSync(
      join(root, 'log.jsonl'),
      seconds.map((second) => launchJson(`rar a -hp${second}`, second)).join('\n'),
    );
    for (const workers of ['1', '2']) {
      const window = ['--since', '2026-11-20T01:00:10Z', '--until', '2026-11-20T01:00:30.123456Z'];
      command(root, ['scan', 'log.evtx', 'log.jsonl', ...plain, workers, ...window]);
      const { findings, summary } = left(join(root, 'out'));
      expect(findings.map(({ evidence }) => evidence[0].value)).toEqual([
        'rar a -hp10',
        'rar a -hp10',
        'rar a -hp20',
        'rar a -hp20',
      ]);
      expect(summary.records).toMatchObject({ read: 10, outside: 6, unread: 0 });
    }
  });

  it('--zone is for stamps that state none, and for the words', () => {
    const root = folder();
    writeRule(
      root,
      `title: Refused\nid: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c12\nlogsource: { product: linux, service: sshd }\ndetection: { k: [Failed password], condition: k }\nlevel: high\n`,
    );
    writeFileSync(
      join(root, 'auth.log'),
      'Nov  4 02:14:00 fs01 sshd[311]: Failed password for eve from 203.0.113.77 port 50122 ssh2\n',
    );
    command(root, ['scan', 'auth.log', ...plain, '1', '--zone', 'Europe/Berlin']);
    const { findings, summary } = left(join(root, 'out'));
    expect(findings).toMatchObject([
      { time: expect.stringContaining('-11-04T01:14:00.000000Z'), account: 'eve', src_ip: '203.0.113.77' },
    ]);
    expect(findings[0].why).toMatch(
      /^eve tried to log on to fs01 and failed from 203\.0\.113\.77 at 02:14:00 on \d{4}-11-04 \(Europe\/Berlin\)\./,
    );
    expect(summary.zone).toBe('Europe/Berlin');
  });

  it('of a log that states impossible ones: the event is judged, and the time is told to be unknown', () => {
    const root = folder();
    writeRule(root);
    const lines = [
      '+275760-09-13T00:00:00Z',
      '0000-00-00T00:00:00Z',
      'yesterday',
      '9999-12-31T23:59:59.999999Z',
      '1601-01-01T00:00:00Z',
    ].map((time) => launchJson('rar a -hpX').replace(/"SystemTime":"[^"]*"/, `"SystemTime":"${time}"`));
    writeFileSync(join(root, 'log.jsonl'), lines.join('\n'));
    writeFileSync(
      join(root, 'log.evtx'),
      writeEvtx([
        launch('rar a -hpX', 0, { time: -11_644_473_600_000_000 }),
        launch('rar a -hpX', 0, { time: 9.1e17 }),
      ]),
    );
    const ran = command(root, ['scan', 'log.jsonl', 'log.evtx', ...plain, '1', '--format', 'csv,ocsf,timesketch']);
    expect(ran.code, ran.err).toBe(1);
    const { findings, summary } = left(join(root, 'out'));
    expect(findings.length + summary.records.unread).toBe(7);
    expect(findings.length).toBeGreaterThan(4);
    for (const { why, time } of findings)
      if (time === null) expect(why).toContain('at a time that the log does not state');
  });
});

it('--carve finds what was deleted, and only when asked', () => {
  const root = folder();
  writeRule(root);
  // The space behind the five records of a chunk still holds what stood there before.
  const full = Buffer.from(
    writeEvtx(Array.from({ length: 10 }, (_, i) => launch(`rar a -hp${i}`, i, { recordId: 900 + i }))),
  );
  const cut = Buffer.from(writeEvtx(Array.from({ length: 5 }, (_, i) => launch(`rar a -hp${i}`, i))));
  const end = 4096 + cut.readUInt32LE(4096 + 48);
  full.copy(cut, end, end);
  writeFileSync(join(root, 'log.evtx'), cut);
  command(root, ['scan', 'log.evtx', ...plain, '1']);
  expect(left(join(root, 'out')).findings).toHaveLength(5);
  command(root, ['scan', 'log.evtx', ...plain, '1', '--carve']);
  expect(left(join(root, 'out')).findings.length).toBeGreaterThan(7);
});

it('--indicators are found in fields that can hold them, said with their age, and mistakes in the list are told at their line', () => {
  const root = folder();
  writeRule(root);
  writeFileSync(join(root, 'bad.csv'), 'type,value\nfilename,rar.exe\nipv4,999.1.2.3\n');
  writeFileSync(join(root, 'log.evtx'), writeEvtx([launch('rar l', 1), launch('rar l', 2)]));
  const ran = command(root, ['scan', 'log.evtx', ...plain, '2', '--indicators', 'bad.csv', '--level', 'informational']);
  const { findings, summary } = left(join(root, 'out'));
  expect(findings).toMatchObject([{ detector: 'indicator', account: 'CLINIC\\msp-adm', host: 'FS02.clinic.test' }]);
  expect(findings[0].why).toContain(
    'Seen 2 times between 01:00:01 and 01:00:02 on 2026-11-20 (UTC), by CLINIC\\msp-adm,',
  );
  expect(summary.notices).toMatchObject([{ file: join(root, 'bad.csv'), line: 3 }]);
  expect(ran.out).toContain('bad.csv:3: warning: ');
});

it('--pipeline maps the rules’ fields', () => {
  const root = folder();
  writeRule(
    root,
    `title: Mapped\nid: 6a1f5f0e-2c43-4a52-8a0e-0f2a7a6f3c12\nlogsource: { category: process_creation, product: windows }\ndetection: { selection: { my_command|contains: ' -hp' }, condition: selection }\nlevel: high\n`,
  );
  writeFileSync(
    join(root, 'map.yml'),
    'name: map\npriority: 10\ntransformations:\n  - id: names\n    type: field_name_mapping\n    mapping: { my_command: CommandLine }\n',
  );
  writeFileSync(join(root, 'log.evtx'), writeEvtx([launch('rar a -hpX')]));
  expect(command(root, ['scan', 'log.evtx', ...plain, '2']).code).toBe(0);
  expect(command(root, ['scan', 'log.evtx', ...plain, '2', '--pipeline', 'map.yml']).code).toBe(1);
  expect(left(join(root, 'out')).findings).toHaveLength(1);
});

describe('--level', () => {
  it.each([
    ['high', 1],
    ['critical', 0],
  ])('%s makes the exit code %i, and hides nothing', (level, code) => {
    const root = folder();
    writeRule(root);
    writeFileSync(join(root, 'log.jsonl'), launchJson('rar a -hpX'));
    expect(command(root, ['scan', 'log.jsonl', ...plain, '1', '--level', level]).code).toBe(code);
    const { summary } = left(join(root, 'out'));
    expect(summary).toMatchObject({ level, findings: { total: 1 } });
  });
});

describe('the registry', () => {
  const events = () => writeEvtx([launch('rar a -hpX', 0), launch('psexec \\\\DC01 cmd', 10)]);
  const registry = `organization: { name: Lakeside Clinic, zone: Europe/Berlin }
providers:
  - name: Northgate IT
    accounts: [{ name: "CLINIC\\\\msp-adm", person: Nobody }]
    networks: ["10.20.0.0/33"]
`;
  it('without one, one is proposed that loads', () => {
    const root = folder();
    writeRule(root);
    writeFileSync(join(root, 'log.evtx'), events());
    const ran = command(root, ['scan', 'log.evtx', ...plain, '2']);
    const file = join(root, 'out', 'chaperone.proposed.yaml');
    expect(ran.out).toContain(file);
    const proposed = loadRegistry(readFileSync(file, 'utf8'), file);
    expect(proposed.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(proposed.registry?.accounts.map(({ label }) => label)).toEqual(['CLINIC\\msp-adm']);
  });

  it('mistakes in it are told at their place with the mend, the rest is used, and nothing is proposed', () => {
    const root = folder();
    writeRule(root);
    writeFileSync(join(root, 'log.evtx'), events());
    writeFileSync(join(root, 'chaperone.yaml'), registry);
    for (const workers of ['1', '2']) {
      const ran = command(root, ['scan', 'log.evtx', ...plain, workers, '--registry', 'chaperone.yaml']);
      expect(ran.code, ran.err).toBe(1);
      const { summary, findings } = left(join(root, 'out'));
      expect(summary.notices?.map(({ code, line, severity }) => [code, line, severity])).toEqual(
        expect.arrayContaining([['registry_network', 5, 'error']]),
      );
      expect(ran.out).toMatch(/chaperone\.yaml:5:\d+: error: /);
      expect(summary.records.unread).toBe(0);
      expect(findings[0]).toMatchObject({ provider: 'northgate-it', organization: 'lakeside-clinic' });
      expect(findings[0].why).toMatch(
        /^CLINIC\\msp-adm \(Northgate IT\) started a program on FS02\.clinic\.test at 02:00:00 on 2026-11-20 \(Europe\/Berlin\)\. It fits the rule: CommandLine is `rar a -hpX`, which contains ` ?-hp`\. Seen in FS02\.clinic\.test's Microsoft-Windows-Sysmon log\.$/,
      );
      expect(existsSync(join(root, 'out', 'chaperone.proposed.yaml'))).toBe(false);
    }
  });
});
