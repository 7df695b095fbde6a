import { describe, expect, it } from 'vitest';
import { lastUse } from '../../src/detection/last-use/index.ts';
import { CLINIC, facts, logon, registryOf, Scene, security, vpn } from './facts.ts';

const uses = (scene: Scene) => new Map(lastUse(scene.registry, scene.activities).map((use) => [use.account, use]));
const clinic = () => new Scene(registryOf(CLINIC));
const ticket = security(4768, 3002, 'Authentication Ticket', {
  'user.name': 'doctor',
  'user.domain': 'CLINIC',
  'src_endpoint.ip': '10.20.3.4',
});

describe('last use', () => {
  it('is seen with its log, or never since a log has watched, or unknown with the reason', () => {
    const scene = clinic()
      .event(logon('CLINIC\\ng-anna', { 'src_endpoint.ip': '10.20.99.7' }), '2026-03-03T09:00:00Z')
      .event(logon('CLINIC\\ng-anna', { 'src_endpoint.ip': '10.20.99.7' }), '2026-03-04T09:00:00Z');
    for (let day = 1; day <= 31; day++) scene.event(ticket, `2026-03-${String(day).padStart(2, '0')}T00:00:00Z`);
    const found = uses(scene);
    expect(found.get('CLINIC\\ng-anna')).toEqual({
      account: 'CLINIC\\ng-anna',
      provider: 'northgate',
      declared: true,
      use: 'seen',
      first: '2026-03-03T09:00:00.000000Z',
      last: '2026-03-04T09:00:00.000000Z',
      events: 2,
      note: "seen in DC01.clinic.example's Security log",
    });
    expect(found.get('CLINIC\\svc-rmm')).toMatchObject({
      use: 'never',
      note: 'not used while the Security log of DC01.clinic.example watched, from 2026-03-01 to 2026-03-31',
    });
    expect(found.get('11111111-2222-3333-4444-555555555555')).toMatchObject({
      use: 'unknown',
      note: 'no sign-in log of the identity provider was read',
    });
    expect(found.get('arn:aws:iam::111122223333:role/NorthgateSupport')).toMatchObject({
      use: 'unknown',
      note: 'no CloudTrail log was read',
    });
  });

  it('is unknown, not never, where only a member host’s log was read', () => {
    const found = uses(clinic().event(logon('CLINIC\\doctor', { 'device.hostname': 'WS-1' }), '2026-03-03T09:00:00Z'));
    expect(found.get('CLINIC\\ng-anna')).toMatchObject({
      use: 'unknown',
      note: expect.stringContaining("use elsewhere can't be excluded; the Security logs of WS-1 show no use there"),
    });
    expect([...found.values()].every((use) => use.use !== 'never')).toBe(true);
  });

  it('isn’t moved by what failed', () => {
    const found = uses(
      clinic()
        .event(ticket, '2026-03-01T00:00:00Z')
        .event(logon('CLINIC\\ng-anna', {}, 'failure'), '2026-03-03T09:00:00Z')
        .event(logon('CLINIC\\ng-anna', {}, 'unknown'), '2026-03-03T09:00:00Z'),
    );
    expect(found.get('CLINIC\\ng-anna')!.use).toBe('never');
  });

  it('is shown by work done under the account, and at no time where none is stated', () => {
    const run = facts(
      'windows/Sysmon/1',
      1007,
      'Launch',
      { 'actor.user.name': 'CLINIC\\svc-rmm', 'process.file.path': 'C:\\x.exe' },
      'unknown',
    );
    expect(uses(clinic().event(run)).get('CLINIC\\svc-rmm')).toMatchObject({
      use: 'seen',
      first: null,
      last: null,
      note: expect.stringContaining('at a time that the log doesn’t state'),
    });
  });

  it('lists the names behind a pattern, and accounts that nobody declared', () => {
    const found = uses(
      clinic()
        .event(logon('CLINIC\\ngx-1'), '2026-03-03T09:00:00Z')
        .event(logon('CLINIC\\helper', { 'src_endpoint.ip': '198.51.100.9' }), '2026-03-03T09:00:00Z'),
    );
    expect(found.get('CLINIC\\ngx-*')!.note).toContain('as CLINIC\\ngx-1');
    expect(found.get('CLINIC\\helper')).toMatchObject({ declared: false, provider: 'northgate', use: 'seen' });
  });

  it('takes no controller of another domain, and no log with holes, for a witness', () => {
    const foreign = clinic().event(
      { ...ticket, values: { ...ticket.values, 'user.domain': 'WEST', 'device.hostname': 'DC9.west.example' } },
      '2026-03-01T00:00:00Z',
    );
    expect(uses(foreign).get('CLINIC\\svc-rmm')!.use).toBe('unknown');
    const holes = clinic().event(ticket, '2026-01-01T00:00:00Z').event(ticket, '2026-03-31T00:00:00Z');
    expect(uses(holes).get('CLINIC\\svc-rmm')).toMatchObject({
      use: 'unknown',
      note: expect.stringContaining('covers only 2 of 90 days'),
    });
  });

  it('has one row for an account, however its logs name it', () => {
    const rows = lastUse(
      ...((scene: Scene) => [scene.registry, scene.activities] as const)(
        clinic()
          .event(vpn('Open', 'helper', { 'src_endpoint.assigned_ip': '10.20.99.9' }), '2026-03-03T09:00:00Z')
          .event(logon('CLINIC\\helper', { 'src_endpoint.ip': '10.20.99.9' }), '2026-03-03T09:05:00Z'),
      ),
    ).filter((use) => !use.declared);
    expect(rows).toMatchObject([{ account: 'CLINIC\\helper', events: 2, first: '2026-03-03T09:00:00.000000Z' }]);
    expect(rows[0]!.note).toContain('a gateway names helper without a domain');
  });
});
