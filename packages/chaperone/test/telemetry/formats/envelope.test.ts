import { describe, expect, it } from 'vitest';
import type { DecodeContext, Format } from '../../../src/telemetry/format.ts';
import { formats, parseEnvelope } from '../../../src/telemetry/formats/index.ts';
import { formatTime } from '../../../src/telemetry/time/index.ts';

const context: DecodeContext = {
  file: 'f',
  zone: 'Europe/Berlin',
  reference: Date.UTC(2026, 10, 25) * 1000,
  state: {},
};

function read(text: string): readonly (string | undefined)[] {
  const { time, host, program, pid, body } = parseEnvelope(text, context);
  return [time === undefined ? undefined : formatTime(time)?.replace('.000000', ''), host, program, pid, body];
}

const AT = '2026-07-28T09:28:41Z';

describe('syslog envelopes', () => {
  const cases: readonly (readonly [string, ...(string | undefined)[]])[] = [
    ['Jul 28 11:28:41 web01 sshd[12]: hi', AT, 'web01', 'sshd', '12', 'hi'],
    ['<13>Jul 28 11:28:41 web01 sshd[12]: hi', AT, 'web01', 'sshd', '12', 'hi'],
    ['<13>web01 sshd[12]: hi', undefined, 'web01', 'sshd', '12', 'hi'],
    ['<13>sshd[12]: hi', undefined, undefined, 'sshd', '12', 'hi'],
    ['<13>just a message', undefined, undefined, undefined, undefined, 'just a message'],
    ['Jul 28 11:28:41 sshd[12]: hi', AT, undefined, 'sshd', '12', 'hi'],
    ['Jul 28 2026 11:28:41 fw1 : %ASA-6-1: x', AT, 'fw1', undefined, undefined, '%ASA-6-1: x'],
    ['Jul 28 2026 11:28:41: %ASA-6-1: x', AT, undefined, undefined, undefined, '%ASA-6-1: x'],
    ['Jul 28 11:28:41 2026 fw1 prog: x', AT, 'fw1', 'prog', undefined, 'x'],
    ['Jul 28 2026 09:28:41 UTC: %ASA-6-1: x', AT, undefined, undefined, undefined, '%ASA-6-1: x'],
    ['2026-07-28T09:28:41Z web01 kernel: [1.2] x', AT, 'web01', 'kernel', undefined, '[1.2] x'],
    ['2026-07-28T11:28:41+02:00 2001:db8::5 prog[1]: x', AT, '2001:db8::5', 'prog', '1', 'x'],
    ['2026-07-28 11:28:41 web01 prog: x', AT, 'web01', 'prog', undefined, 'x'],
    ['<189>12: *Jul 28 11:28:41.000: %SYS-5-X: x', AT, undefined, undefined, undefined, '%SYS-5-X: x'],
    ['<189>12: sw1: Jul 28 09:28:41.000 UTC: %SYS-5-X: x', AT, 'sw1', undefined, undefined, '%SYS-5-X: x'],
    ['Jul 28 11:28:41 10.9.9.9 12: sw: %SYS-5-X: x', AT, '10.9.9.9', 'sw', undefined, '%SYS-5-X: x'],
    [
      'Jul 28 11:28:41 web01 last message repeated 3 times',
      AT,
      'web01',
      undefined,
      undefined,
      'last message repeated 3 times',
    ],
    [
      'Jul 28 11:28:41 last message repeated 3 times',
      AT,
      undefined,
      undefined,
      undefined,
      'last message repeated 3 times',
    ],
    ['<34>1 2026-07-28T09:28:41Z h a - - - x', AT, 'h', 'a', undefined, 'x'],
    ['<34>1 - - - - - - x', undefined, undefined, undefined, undefined, 'x'],
    ['<34>1 2026-07-28T09:28:41Z h a 1 m [id a="b"]', AT, 'h', 'a', '1', ''],
    ['no envelope at all', undefined, undefined, undefined, undefined, 'no envelope at all'],
    ['<999>Jul 28 11:28:41 x y: z', undefined, undefined, undefined, undefined, '<999>Jul 28 11:28:41 x y: z'],
    ['Jul 41 11:28:41 web01 x: y', undefined, undefined, undefined, undefined, 'Jul 41 11:28:41 web01 x: y'],
    ['', undefined, undefined, undefined, undefined, ''],
  ];
  for (const [text, ...expected] of cases) {
    it(text || '(empty)', () => {
      expect(read(text)).toEqual(expected);
    });
  }

  it('takes the year that puts the stamp before the file was last changed', () => {
    expect(read('Dec 31 23:59:59 h p: x')[0]).toBe('2025-12-31T22:59:59Z');
  });

  it("isn't sure of an application's own log", () => {
    const syslog = formats.find((format) => format.name === 'syslog') as Format;
    expect(syslog.recognise('2026-07-28 11:28:41,123 INFO [main] com.example.App - started', undefined)).toBeLessThan(
      0.3,
    );
  });
});
