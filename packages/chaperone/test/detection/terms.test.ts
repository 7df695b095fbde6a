import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJudge } from '../../src/detection/terms/index.ts';
import { readFactor } from '../../src/detection/terms/parts.ts';
import { type Answer, allOf, anyOf, type PartName } from '../../src/detection/terms/truth.ts';
import { CLINIC, facts, logon, registryOf, Scene, security, type Values, vpn } from './facts.ts';

const clinic = () => new Scene(registryOf(CLINIC));
const ids = (scene: Scene) => scene.finish().findings.map((finding) => finding.rule.id);
const FROM_VPN = { 'src_endpoint.ip': '10.20.99.7' };
/** A term with one demand more, for the provider N with the account C\a. */
const withDemand = (provided: string, rest = '') =>
  new Scene(
    registryOf(
      `organization: {name: X, zone: UTC, domains: [C]}\nproviders:\n  - {name: N, slug: n, people: [{name: P}], accounts: [{name: 'C\\a', person: P}, {name: 'C\\b'}, {upn: p@c.example, person: P}], terms: [{id: t, provided: {${provided}}}]}\n${rest}`,
    ),
  );

describe('the judge', () => {
  it('tells a logon outside the hours as the console would', () => {
    const { findings } = clinic()
      .event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-03T01:14:00Z')
      .event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-03T01:20:00Z')
      .finish();
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      detector: 'term',
      level: 'high',
      provider: 'northgate',
      account: 'CLINIC\\ng-anna',
      host: 'DC01.clinic.example',
      src_ip: '10.20.99.7',
      organization: 'lakeside',
      time: '2026-03-03T01:14:00.000000Z',
      time_end: '2026-03-03T01:20:00.000000Z',
      source: { file: 'case/log', record: 1 },
      why: "CLINIC\\ng-anna (Anna Berg of Northgate IT) logged on to DC01.clinic.example from 10.20.99.7 at 02:14 on 2026-03-03, outside the agreed hours 08:00 to 18:00, Monday to Friday (Europe/Berlin). 2 events until 02:20. Seen in DC01.clinic.example's Security log.",
      rule: { id: 'term/northgate/office-hours/when', title: 'Provider access outside the agreed hours' },
    });
    expect(findings[0]!.attribution).toContain('is declared for Northgate IT');
  });

  it('is silent about what was agreed', () => {
    const { findings, unanswered } = clinic()
      .event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-03T09:14:00Z')
      .event(
        logon('CLINIC\\ng-anna', { 'src_endpoint.ip': '198.51.100.4', 'device.hostname': 'SQL2' }),
        '2026-03-03T16:59:59Z',
      )
      .event(logon('CLINIC\\svc-rmm', { 'auth.type': '5' }), '2026-03-03T02:00:00Z')
      .event(logon('CLINIC\\doctor', { 'src_endpoint.ip': '10.20.3.4' }), '2026-03-03T02:00:00Z')
      .finish();
    expect(findings.map((finding) => finding.why)).toEqual([]);
    expect(unanswered).toEqual([]);
  });

  it('follows the summer clock, holidays and nights', () => {
    // 18:00 in Berlin is 17:00 UTC in winter and 16:00 UTC in summer.
    expect(ids(clinic().event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-27T16:59:00Z'))).toEqual([]);
    expect(ids(clinic().event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-30T16:59:00Z'))).toEqual([
      'term/northgate/office-hours/when',
    ]);
    const holiday = clinic().event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-12-25T10:00:00Z').finish();
    expect(holiday.findings[0]!.why).toContain('2026-12-25 is a holiday');
    expect(ids(clinic().event(logon('CLINIC\\svc-rmm', { 'auth.type': '3' }), '2026-03-03T12:00:00Z'))).toEqual([
      'term/northgate/agent/when',
    ]);
  });

  it.each([
    ['a foreign address', { 'src_endpoint.ip': '192.0.2.1' }, 'term/northgate/office-hours/from'],
    ['a foreign host', { ...FROM_VPN, 'device.hostname': 'WS-1' }, 'term/northgate/office-hours/to'],
    ['both', { 'src_endpoint.ip': '192.0.2.1', 'device.hostname': 'WS-1' }, 'term/northgate/office-hours/from+to'],
    [
      'a workstation name that lies beside a foreign address',
      { 'src_endpoint.ip': '192.0.2.1', 'src_endpoint.hostname': 'NG-JUMP01' },
      'term/northgate/office-hours/from',
    ],
  ])('finds %s', (_, values, id) => {
    expect(ids(clinic().event(logon('CLINIC\\ng-anna', values), '2026-03-03T09:00:00Z'))).toEqual([id]);
  });

  it('allows what one term allows, and explains by the nearest', () => {
    const two = () =>
      new Scene(
        registryOf(
          "organization: {name: X, zone: UTC, domains: [C]}\nproviders:\n  - {name: N, slug: n, accounts: [{name: 'C\\a'}], terms: [{id: day, to: [A], when: {hours: 08:00-18:00}}, {id: night, to: [B], when: {hours: 18:00-08:00}}]}\nsystems: [{name: A}, {name: B}]",
        ),
      );
    expect(
      ids(
        two()
          .event(logon('C\\a', { 'device.hostname': 'A' }), '2026-03-03T09:00:00Z')
          .event(logon('C\\a', { 'device.hostname': 'B' }), '2026-03-03T20:00:00Z'),
      ),
    ).toEqual([]);
    expect(ids(two().event(logon('C\\a', { 'device.hostname': 'A' }), '2026-03-03T20:00:00Z'))).toEqual([
      'term/n/day/when',
    ]);
  });

  it('joins a session into one finding and keeps two apart', () => {
    const scene = clinic();
    for (let minute = 0; minute < 120; minute += 5)
      scene.event(logon('CLINIC\\ng-anna', FROM_VPN), new Date(Date.UTC(2026, 2, 3, 20, minute)).toISOString());
    for (let minute = 0; minute < 20; minute += 5)
      scene.event(logon('CLINIC\\ng-anna', FROM_VPN), new Date(Date.UTC(2026, 2, 3, 23, minute)).toISOString());
    expect(scene.finish().findings.map((finding) => [finding.time, finding.time_end])).toEqual([
      ['2026-03-03T20:00:00.000000Z', '2026-03-03T21:55:00.000000Z'],
      ['2026-03-03T23:00:00.000000Z', '2026-03-03T23:15:00.000000Z'],
    ]);
  });

  it('splits a half hour where the agreed hours end in it', () => {
    const { findings } = clinic()
      .event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-03T16:59:00Z')
      .event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-03T17:00:00Z')
      .finish();
    expect(findings).toMatchObject([{ time: '2026-03-03T17:00:00.000000Z', source: { record: 2 } }]);
  });

  it('ends all use with the agreement, the account and the person', () => {
    expect(ids(clinic().event(logon('CLINIC\\ng-old', FROM_VPN), '2026-01-31T22:59:59Z'))).toEqual([
      'term/northgate/office-hours/when',
    ]);
    expect(ids(clinic().event(logon('CLINIC\\ng-old', FROM_VPN), '2026-02-02T09:00:00Z'))).toEqual(['check/expired']);
    const left = clinic().event(logon('CLINIC\\ng-tom', FROM_VPN), '2026-03-02T09:00:00Z').finish().findings[0]!;
    expect(left.rule.id).toBe('check/employment');
    expect(left.why).toContain('after Tom Falk left Northgate IT on 2026-02-28');
    expect(ids(clinic().event(logon('CLINIC\\ng-anna', FROM_VPN), '2028-01-03T09:00:00Z'))).toEqual([
      'check/agreement',
    ]);
    expect(ids(clinic().event(logon('CLINIC\\ng-anna', FROM_VPN), '2024-12-31T09:00:00Z'))).toEqual([
      'check/agreement',
    ]);
  });

  it('shows refused attempts as low, and the end of a session not at all', () => {
    const { findings } = clinic()
      .event(logon('CLINIC\\ng-anna', { 'src_endpoint.ip': '192.0.2.1' }, 'failure'), '2026-03-03T09:00:00Z')
      .finish();
    expect(findings).toMatchObject([{ level: 'low', rule: { id: 'term/northgate/office-hours/from' } }]);
    expect(findings[0]!.why).toContain('tried and failed to log on to DC01.clinic.example');
    expect(
      ids(
        clinic().event(
          security(4634, 3002, 'Logoff', { 'user.name': 'ng-anna', 'user.domain': 'CLINIC' }),
          '2026-03-03T23:00:00Z',
        ),
      ),
    ).toEqual([]);
  });

  it('finds an account used from another provider’s network', () => {
    const found = clinic()
      .event(logon('CLINIC\\ng-anna', { 'src_endpoint.ip': '203.0.113.5' }), '2026-03-03T09:00:00Z')
      .finish().findings;
    expect(found.map((finding) => finding.rule.id).sort()).toEqual([
      'check/shared-or-stolen',
      'term/northgate/office-hours/from',
    ]);
  });

  it('finds a tool that was not agreed', () => {
    const run = facts('windows/Sysmon/1', 1007, 'Launch', {
      'actor.user.name': 'CLINIC\\svc-rmm',
      'process.file.path': 'C:\\Program Files (x86)\\AnyDesk\\AnyDesk.exe',
      'device.hostname': 'WS-1',
    });
    const found = clinic().event(run, '2026-03-03T22:00:00Z').finish().findings[0]!;
    expect(found.rule.id).toBe('term/northgate/agent/with');
    expect(found.why).toContain(
      'ran AnyDesk.exe on WS-1 at 23:00 on 2026-03-03, with AnyDesk, where only ScreenConnect was agreed',
    );
  });

  it('doesn’t take a domain controller that vouches for the host that is reached', () => {
    const ticket = security(4769, 3002, 'Service Ticket Request', {
      'user.name': 'ng-anna@CLINIC.EXAMPLE',
      'service.name': 'WS-1$',
      ...FROM_VPN,
    });
    expect(ids(clinic().event(ticket, '2026-03-03T09:00:00Z'))).toEqual(['term/northgate/office-hours/to']);
    const tgt = security(4768, 3002, 'Authentication Ticket', {
      'user.name': 'ng-anna',
      'user.domain': 'CLINIC',
      'device.hostname': 'DC77',
      ...FROM_VPN,
    });
    expect(ids(clinic().event(tgt, '2026-03-03T09:00:00Z'))).toEqual([]);
  });

  it('holds back what an exception names, while it lasts, and counts it', () => {
    const text = `${CLINIC}exceptions: [{ term: northgate/office-hours, account: ng-anna, owner: IT, reason: Move, end: 2026-03-31 }]\n`;
    const scene = (time: string) =>
      new Scene(registryOf(text)).event(logon('CLINIC\\ng-anna', FROM_VPN), time).finish();
    expect(scene('2026-03-03T01:00:00Z')).toMatchObject({ findings: [], heldBack: [{ count: 1 }] });
    expect(scene('2026-04-01T01:00:00Z')).toMatchObject({ findings: [{}], heldBack: [] });
  });

  it('gives the same answer from two threads as from one', () => {
    const events: [string, string][] = [
      ['10.20.99.7', '2026-03-03T01:14:00Z'],
      ['192.0.2.1', '2026-03-03T01:15:00Z'],
      ['10.20.99.7', '2026-03-03T01:20:00Z'],
      ['10.20.99.7', '2026-03-03T09:20:00Z'],
    ];
    const [one, left, right] = [clinic(), clinic(), clinic()];
    events.forEach(([ip, time], at) => {
      one.event(logon('CLINIC\\ng-anna', { 'src_endpoint.ip': ip }), time);
      (at % 2 === 0 ? left : right).event(logon('CLINIC\\ng-anna', { 'src_endpoint.ip': ip }), time);
    });
    const judge = createJudge(one.registry);
    judge.merge([structuredClone(left.judge.toTransfer()), structuredClone(right.judge.toTransfer())]);
    const plain = (judged: ReturnType<typeof judge.finish>) =>
      judged.findings.map(({ why, time, time_end }) => ({ why, time, time_end }));
    expect(plain(judge.finish({ activities: [] }))).toEqual(plain(one.finish()));
  });

  it('stays bounded and says so when it can’t keep every minute', () => {
    const scene = clinic();
    const activity = {
      facts: logon('CLINIC\\ng-anna', FROM_VPN),
      attribution: scene.attributor.attribute(logon('CLINIC\\ng-anna', FROM_VPN)),
      count: 1,
      first: undefined,
      last: undefined,
      place: { file: 'x', record: 1 },
    };
    for (let slot = 0; slot < 101_000; slot++)
      scene.judge.observe(activity, Date.UTC(2010, 0, 1) * 1000 + slot * 1_800_000_000, activity.place);
    expect(scene.finish().unanswered.map((one) => one.question)).toContain(
      'At which minute was each provider account used?',
    );
  });
});

describe('what can’t be told', () => {
  it('is no finding and no silence: no VPN log, no tickets, no word of a factor', () => {
    for (const [provided, reason] of [
      ['vpn: true', 'no VPN log was read'],
      ['ticket: true', 'no tickets were given'],
      ['mfa: true', 'doesn’t state whether a second factor was used'],
    ]) {
      const { findings, unanswered } = withDemand(provided!).event(logon('C\\a'), '2026-03-03T09:00:00Z').finish();
      expect(findings, provided).toEqual([]);
      expect(unanswered, provided).toMatchObject([
        { reason: expect.stringContaining(reason!), question: expect.stringContaining('C\\a') },
      ]);
    }
  });

  it('is said of events without a time, without a source, without a host', () => {
    const { findings, unanswered } = clinic()
      .event(logon('CLINIC\\ng-anna', FROM_VPN))
      .event(logon('CLINIC\\ng-anna'), '2026-03-03T09:00:00Z')
      .event(logon('CLINIC\\ng-anna', { ...FROM_VPN, 'device.hostname': undefined as never }), '2026-03-03T09:00:00Z')
      .finish();
    expect(findings).toEqual([]);
    expect(unanswered.map((one) => one.reason)).toEqual([
      'Cannot tell for 1 event: the events state no time.',
      'Cannot tell for 1 event: the events state no source.',
      'Cannot tell for 1 event: the events don’t say what was reached.',
    ]);
  });

  it('is said of accounts without a term, and of accounts that two providers claim', () => {
    const text =
      "organization: {name: X, zone: UTC, domains: [C]}\nproviders:\n  - {name: N, slug: n, accounts: [{name: 'C\\a'}, {name: 'C\\b'}], terms: [{id: t, who: [a], when: {days: mon}}]}\n";
    expect(new Scene(registryOf(text)).event(logon('C\\b'), '2026-03-03T09:00:00Z').finish()).toMatchObject({
      findings: [],
      unanswered: [{ reason: 'Cannot tell: no term speaks of it.' }],
    });
  });

  it('never becomes good or broken, whatever the parts (Kleene)', () => {
    const answer = fc.constantFrom<Answer>(
      { truth: 'yes' },
      { truth: 'idle' },
      { truth: 'no', because: '' },
      { truth: 'unknown', reason: '', mend: '' },
    );
    const term = fc.array(answer, { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(term, { minLength: 1, maxLength: 5 }), (terms) => {
        const truths = terms.map((answers) => allOf(new Map(answers.map((one, at) => [String(at) as PartName, one]))));
        // What the answer would be if every unknown turned out one way, and the other.
        const settle = (as: 'yes' | 'no') =>
          terms.some((answers) =>
            answers.every(
              (one) => one.truth === 'yes' || one.truth === 'idle' || (one.truth === 'unknown' && as === 'yes'),
            ),
          );
        const [best, worst] = [settle('yes'), settle('no')];
        expect(anyOf(truths)).toBe(best === worst ? (best ? 'yes' : 'no') : 'unknown');
      }),
    );
  });

  it('reads a source’s word for a factor, and takes none for granted', () => {
    const said = (texts: (string | undefined)[]) => texts.map(readFactor);
    expect(said(['multiFactorAuthentication', 'true', 'Duo Push', 'OTP', 'FIDO2', 'smart card'])).toEqual(
      Array(6).fill(true),
    );
    expect(said(['singleFactorAuthentication', 'false', 'password', 'none', 'notApplied'])).toEqual(
      Array(5).fill(false),
    );
    expect(said([undefined, '', '2', 'previously satisfied', 'x'])).toEqual(Array(5).fill(undefined));
    // Kerberos pre-authentication type 2 is a password, whatever came before it.
    const tgt = (type: string) =>
      withDemand('mfa: true')
        .event(
          security(4768, 3002, 'Authentication Ticket', { 'user.name': 'a', 'user.domain': 'C', 'auth.factor': type }),
          '2026-03-03T09:00:00Z',
        )
        .finish();
    expect(tgt('2').unanswered).toHaveLength(1);
    expect(tgt('15')).toMatchObject({ findings: [], unanswered: [] });
  });
});

describe('a VPN session', () => {
  const scene = () =>
    withDemand('vpn: true')
      .event(vpn('Open', 'other', { 'src_endpoint.assigned_ip': '10.9.9.1' }), '2026-03-03T06:00:00Z')
      .event(vpn('Close', 'other'), '2026-03-03T20:00:00Z');

  it('is asked for where the VPN’s log covers the time', () => {
    expect(ids(scene().event(logon('C\\a'), '2026-03-03T12:00:00Z'))).toEqual(['term/n/t/vpn']);
    expect(scene().event(logon('C\\a'), '2026-03-04T12:00:00Z').finish()).toMatchObject({
      findings: [],
      unanswered: [{ reason: expect.stringContaining('doesn’t cover the time') }],
    });
  });

  it('counts from open to close, with a little slack for clocks, under any name of the same person', () => {
    const held = (user: string, at: string) =>
      ids(
        scene()
          .event(
            vpn('Open', user, { 'src_endpoint.ip': '198.51.100.3', 'src_endpoint.assigned_ip': '10.9.9.2' }),
            '2026-03-03T09:00:00Z',
          )
          .event(vpn('Close', user), '2026-03-03T10:00:00Z')
          .event(logon('C\\a'), at),
      );
    for (const user of ['a', 'C\\a', 'a@c.example', 'p@c.example'])
      expect(held(user, '2026-03-03T09:30:00Z'), user).toEqual([]);
    expect(held('a', '2026-03-03T08:59:00Z')).toEqual([]);
    expect(held('a', '2026-03-03T10:30:00Z')).toEqual(['term/n/t/vpn']);
    expect(held('b', '2026-03-03T09:30:00Z')).toEqual(['term/n/t/vpn']);
  });

  it('of one user with a logon of another inside is a finding, also for an account that is nobody’s', () => {
    const opened = () =>
      clinic()
        .event(
          vpn('Open', 'ng-anna', { 'src_endpoint.ip': '198.51.100.3', 'src_endpoint.assigned_ip': '10.20.99.7' }),
          '2026-03-03T09:00:00Z',
        )
        .event(vpn('Close', 'ng-anna'), '2026-03-03T10:00:00Z');
    const edge = (scene: Scene) =>
      scene.finish().findings.filter((finding) => finding.rule.id === 'check/edge-mismatch');
    const [found] = edge(opened().event(logon('CLINIC\\administrator', FROM_VPN), '2026-03-03T09:30:00Z'));
    expect(found).toMatchObject({ level: 'high', account: 'CLINIC\\administrator', provider: 'northgate' });
    expect(found!.why).toContain('through a VPN session that ng-anna of Northgate IT had opened from 198.51.100.3');
    expect(edge(opened().event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-03T09:30:00Z'))).toEqual([]);
    expect(edge(opened().event(logon('CLINIC\\administrator', FROM_VPN), '2026-03-03T11:30:00Z'))).toEqual([]);
    expect(edge(opened().event(logon('CLINIC\\WS-1$', FROM_VPN), '2026-03-03T09:30:00Z'))).toEqual([]);
    const noPool = new Scene(registryOf(CLINIC.replace(/ {4}links:.*\n/, '')))
      .event(vpn('Open', 'ng-anna', { 'src_endpoint.assigned_ip': '10.20.99.7' }), '2026-03-03T09:00:00Z')
      .event(vpn('Close', 'ng-anna'), '2026-03-03T10:00:00Z');
    expect(edge(noPool.event(logon('CLINIC\\administrator', FROM_VPN), '2026-03-03T09:30:00Z'))).toHaveLength(1);
  });

  it('ignores what opens nothing: a refused sign-in, a tunnel between sites, a line before the sign-in', () => {
    const { findings } = withDemand('vpn: true')
      .event(facts('zeek/tunnel', 4014, 'Open', { 'src_endpoint.ip': '10.1.1.1' }), '2026-03-03T08:00:00Z')
      .event(vpn('Other', 'a'), '2026-03-03T08:00:00Z')
      .event({ ...vpn('Open', 'a'), outcome: 'failure' }, '2026-03-03T08:01:00Z')
      .event(vpn('Other', 'x'), '2026-03-03T20:00:00Z')
      .event(logon('C\\a'), '2026-03-03T09:00:00Z')
      .finish();
    expect(findings.map((finding) => finding.rule.id)).toContain('term/n/t/vpn');
  });

  it('shows from where somebody really came', () => {
    const scene = (outer: string) =>
      ids(
        new Scene(registryOf(CLINIC.replace('from: [provider]', 'from: [198.51.100.0/24]')))
          .event(
            vpn('Open', 'ng-anna', { 'src_endpoint.ip': outer, 'src_endpoint.assigned_ip': '10.20.99.7' }),
            '2026-03-03T09:00:00Z',
          )
          .event(logon('CLINIC\\ng-anna', FROM_VPN), '2026-03-03T09:30:00Z'),
      );
    expect(scene('198.51.100.3')).toEqual([]);
    expect(scene('192.0.2.9')).toContain('term/northgate/office-hours/from');
  });
});

describe('a ticket', () => {
  const list =
    "tickets: {from: 2026-03-01, to: 2026-03-31, list: [{id: NG-1, provider: n, account: 'C\\a', system: A, from: 2026-03-03T09:00, to: 2026-03-03T10:00}, {id: X-2, provider: n, from: 2026-03-04, to: 2026-03-04}]}\nsystems: [{name: A}]\n";
  const at = (time: string, host = 'A', user = 'C\\a') =>
    ids(withDemand('ticket: NG-*', list).event(logon(user, { 'device.hostname': host }), time));

  it('covers its time, account and system, and only numbers of the pattern', () => {
    expect(at('2026-03-03T09:30:00Z')).toEqual([]);
    expect(at('2026-03-03T10:00:00Z')).toEqual(['term/n/t/ticket']);
    expect(at('2026-03-03T09:30:00Z', 'B')).toEqual(['term/n/t/ticket']);
    expect(at('2026-03-03T09:30:00Z', 'A', 'C\\b')).toEqual(['term/n/t/ticket']);
    expect(at('2026-03-04T09:30:00Z')).toEqual(['term/n/t/ticket']);
    expect(at('2026-04-04T09:30:00Z')).toEqual([]);
  });
});

describe('the gateway of a link', () => {
  const GATE = CLINIC.replace('pool: [10.20.99.0/24] }', 'pool: [10.20.99.0/24], gateway: fw01 }').replace(
    'from: [provider], to: [servers, DC01]',
    'from: [ng-vpn], to: [servers, DC01]',
  );
  const gate = (text = GATE) => new Scene(registryOf(text));
  const signIn = (values: Values = {}) =>
    facts('cisco-asa/113004', 3002, 'Logon', { 'user.name': 'ng-anna', 'device.hostname': 'fw01', ...values });
  const session = (outer: string, time = '2026-03-03T09:00:00Z', text = GATE) =>
    gate(text)
      .event(signIn(), time)
      .event(vpn('Open', 'ng-anna', { 'src_endpoint.ip': outer, 'src_endpoint.assigned_ip': '10.20.99.7' }), time);

  it('is asked for the session’s source, not for the inside', () => {
    expect(session('198.51.100.4').finish()).toMatchObject({ findings: [], unanswered: [] });
    const { findings, unanswered } = session('203.0.113.77').finish();
    expect(unanswered).toEqual([]);
    const edge = findings.find((one) => one.rule.id === 'term/northgate/office-hours/edge')!;
    expect(edge.why).toContain(
      "opened a VPN session on fw01 at 10:00 on 2026-03-03, from 203.0.113.77, which is none of Northgate IT's networks (198.51.100.0/24). 2 events.",
    );
    expect(edge).toMatchObject({ host: 'fw01', src_ip: '203.0.113.77', level: 'high' });
  });

  it('still has its hours', () => {
    expect(ids(session('198.51.100.4', '2026-03-03T01:00:00Z'))).toEqual(['term/northgate/office-hours/when']);
  });

  it('lets in from an address that the term names besides', () => {
    const text = GATE.replace('from: [ng-vpn]', 'from: [ng-vpn, 192.0.2.0/24]');
    expect(session('192.0.2.9', undefined, text).finish()).toMatchObject({ findings: [], unanswered: [] });
  });

  it('can’t tell where the provider declares no networks, and says so once', () => {
    const text = GATE.replace(/ {4}networks: \[198.*\n/, '');
    const { findings, unanswered } = session('198.51.100.4', undefined, text)
      .event(vpn('Open', 'ng-anna', { 'src_endpoint.ip': '192.0.2.8' }), '2026-03-04T09:00:00Z')
      .finish();
    expect(findings).toEqual([]);
    expect(unanswered).toMatchObject([
      {
        reason: expect.stringContaining('Northgate IT has no networks declared'),
        mend: expect.stringContaining('networks'),
      },
    ]);
  });

  it('isn’t what somebody reaches who logs on to its management', () => {
    const ssh = facts('cisco-asa/605005', 3002, 'Logon', {
      'user.name': 'ng-anna',
      'device.hostname': 'fw01',
      'src_endpoint.ip': '10.20.99.7',
    });
    expect(ids(gate().event(ssh, '2026-03-03T09:00:00Z'))).toEqual(['term/northgate/office-hours/to']);
  });

  it('is known by the RADIUS server’s lines too, and another gateway isn’t it', () => {
    const radius = facts('windows/Security/Microsoft-Windows-Security-Auditing/6272', 3002, 'Logon', {
      'user.name': 'ng-anna',
      'device.hostname': 'NPS1.clinic.example',
      'dst_endpoint.hostname': 'fw01',
      'src_endpoint.ip': '198.51.100.4',
    });
    expect(ids(gate().event(radius, '2026-03-03T09:00:00Z'))).toEqual([]);
    const other = vpn('Open', 'ng-anna', { 'src_endpoint.ip': '198.51.100.4', 'device.hostname': 'fw02' });
    expect(ids(gate().event(other, '2026-03-03T09:00:00Z'))).toEqual(['term/northgate/office-hours/from']);
  });
});

describe('a night on many hosts', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 3, 1, minute)).toISOString();
  const on = (host: string, ip: string) =>
    logon('CLINIC\\ng-anna', { 'device.hostname': `${host}.clinic.example`, 'src_endpoint.ip': ip });

  it('is one finding for each kind of thing that was broken, with all its hosts', () => {
    const scene = clinic();
    for (const [n, host] of ['FS01', 'DC01', 'SQL1'].entries()) scene.event(on(host, '10.20.99.7'), at(n));
    for (const [n, host] of ['FS01', 'WS-1', 'WS-2'].entries()) scene.event(on(host, '10.20.1.1'), at(10 + n));
    const { findings } = scene.finish();
    expect(findings.map((one) => [one.rule.id, one.hosts])).toEqual([
      [
        'term/northgate/office-hours/when',
        ['FS01', 'DC01', 'SQL1', 'WS-1', 'WS-2'].map((host) => `${host}.clinic.example`),
      ],
      ['term/northgate/office-hours/from+to', ['FS01', 'WS-1', 'WS-2'].map((host) => `${host}.clinic.example`)],
    ]);
    expect(findings[0]!.why).toContain(
      'logged on to FS01, DC01, SQL1, WS-1 and WS-2 from 10.20.99.7 and 10.20.1.1 at 02:00',
    );
    expect(findings[1]!.why).toContain('WS-1 and WS-2 are none of the agreed systems (servers, DC01).');
    const named = findings[0]!.evidence.filter((one) => one.field === 'device.hostname').map((one) => one.value);
    expect(named).toHaveLength(5);
    expect(findings[0]!.sources).toHaveLength(5);
  });

  it('leaves out the one host that an exception names', () => {
    const text = `${CLINIC}exceptions: [{ term: northgate/office-hours, host: DC01, owner: IT, reason: Move, end: 2026-03-31 }]\n`;
    const scene = new Scene(registryOf(text));
    for (const [n, host] of ['FS01', 'DC01'].entries()) scene.event(on(host, '10.20.99.7'), at(n));
    expect(scene.finish()).toMatchObject({
      findings: [{ host: 'FS01.clinic.example' }],
      heldBack: [{ count: 1 }],
    });
  });

  it('stays one however many hosts, and bounded', () => {
    const scene = clinic();
    for (let n = 0; n < 3_000; n++) scene.event(on(`H${n}`, '10.20.99.7'), at(n % 50));
    const { findings } = scene.finish();
    expect(findings).toHaveLength(1);
    expect(findings[0]!.why).toContain('and 2994 more');
    expect(JSON.stringify(findings[0]).length).toBeLessThan(30_000);
  });

  it('is never said in fewer parts than were broken (property)', () => {
    const event = fc.record({
      host: fc.constantFrom('FS01', 'DC01', 'WS-1', 'WS-2'),
      ip: fc.constantFrom('10.20.99.7', '10.20.1.1', '192.0.2.1'),
      minute: fc.integer({ min: 0, max: 59 }),
      hour: fc.constantFrom(1, 9),
    });
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
        const scene = clinic();
        const expected = new Set<string>();
        for (const { host, ip, minute, hour } of events) {
          scene.event(on(host, ip), new Date(Date.UTC(2026, 2, 3, hour, minute)).toISOString());
          if (hour === 1) expected.add(`when ${host}`);
          if (ip !== '10.20.99.7') expected.add(`from ${host}`);
          if (host.startsWith('WS')) expected.add(`to ${host}`);
        }
        const said = new Set<string>();
        for (const { rule, hosts, host } of scene.finish().findings)
          for (const part of rule.id.split('/').at(-1)!.split('+'))
            for (const name of hosts ?? [host!]) said.add(`${part} ${name.split('.')[0]}`);
        for (const one of expected) expect(said).toContain(one);
      }),
      { numRuns: 60 },
    );
  });
});
