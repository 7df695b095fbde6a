import { describe, expect, it } from 'vitest';
import type { LogEvent, Unread } from '../../../src/telemetry/event.ts';
import type { DecodeContext, Format } from '../../../src/telemetry/format.ts';
import { formats } from '../../../src/telemetry/formats/index.ts';
import { formatTime } from '../../../src/telemetry/time/index.ts';
import { windowsFormats } from '../../../src/telemetry/windows/index.ts';
import { SAMPLES } from './samples.ts';

const context = (): DecodeContext => ({ file: 'f', zone: 'UTC', reference: Date.UTC(2026, 10, 25) * 1000, state: {} });
const parse = (format: Format, text: string) => (format.framing === 'json' ? JSON.parse(text) : undefined);
const byName = new Map(formats.map((format) => [format.name, format]));

function decode(format: Format, text: string): LogEvent | Unread | undefined {
  return format.decode(text, parse(format, text), { file: 'f', record: 7 }, context());
}

function role(event: LogEvent, path: string): unknown {
  for (const { field, as } of event.class.roles) {
    if (as !== path) continue;
    const value = event.get(field);
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined && first !== null && first !== '' && first !== '-') return String(first);
  }
  return undefined;
}

describe('golden samples', () => {
  for (const [index, sample] of SAMPLES.entries()) {
    it(`${index}: ${sample.format} ${sample.key ?? '(no event)'}`, () => {
      const format = byName.get(sample.format) as Format;
      const event = decode(format, sample.text);
      if (sample.key === undefined) {
        expect(event).toBeUndefined();
        return;
      }
      expect(event).toHaveProperty('class');
      const read = event as LogEvent;
      expect(read.class.key).toBe(sample.key);
      expect(read.place).toEqual({ file: 'f', record: 7 });
      expect(read.raw()).toBe(sample.text);
      if (sample.time !== undefined) expect(formatTime(read.time as number)).toBe(sample.time);
      for (const [field, value] of Object.entries(sample.get ?? {}))
        expect([field, read.get(field)]).toEqual([field, value]);
      for (const [path, value] of Object.entries(sample.roles ?? {}))
        expect([path, role(read, path)]).toEqual([path, value]);
      if (sample.outcome !== undefined) expect(read.class.outcome?.(read) ?? 'unknown').toBe(sample.outcome);
      if (sample.activity !== undefined) expect(read.class.activity).toBe(sample.activity);
      expect(read.class.offers.length).toBeGreaterThan(0);
      const again = decode(format, sample.text) as LogEvent;
      expect(again.class).toBe(read.class);
    });
  }

  it('has a sample of every format', () => {
    const sampled = new Set(SAMPLES.map((sample) => sample.format));
    expect(formats.map((format) => format.name).filter((name) => !sampled.has(name))).toEqual([]);
  });
});

describe('recognisers', () => {
  const all = [...formats, ...windowsFormats];
  const framingOf = (text: string) => (text.startsWith('{') ? 'json' : text.startsWith('<Event') ? 'xml' : 'lines');

  it('gives every sample to its own format, by a clear margin, Windows formats among the others', () => {
    for (const sample of SAMPLES) {
      const framing = framingOf(sample.text);
      const scores = all
        .filter((format) => format.framing === framing)
        .map((format) => [format.name, format.recognise(sample.text, parse(format, sample.text))] as const)
        .filter(([, sure]) => sure > 0)
        .sort((a, b) => b[1] - a[1]);
      expect([sample.text.slice(0, 60), scores[0]?.[0]]).toEqual([sample.text.slice(0, 60), sample.format]);
      // A second format may share a little (a stamp), never be as sure
      if (scores.length > 1) expect(scores[1][1]).toBeLessThan(scores[0][1]);
    }
  });

  it('claims no text that is no log', () => {
    for (const text of [
      '',
      ' ',
      'Dear Sir or Madam,',
      '# README',
      '<html><body>',
      'a,b,c',
      '1,2,3',
      '0',
      '{}',
      '[]',
      '{"a":1}',
      '{"message":"hi"}',
      '\u0000\u0001',
    ]) {
      for (const format of formats) {
        let json: Record<string, unknown> | undefined;
        if (format.framing === 'json') {
          if (!text.startsWith('{')) continue;
          json = JSON.parse(text);
        }
        expect([text, format.name, format.recognise(text, json)]).toEqual([text, format.name, 0]);
      }
    }
  });
});
