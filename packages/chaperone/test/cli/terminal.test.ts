import { describe, expect, test } from 'vitest';
import { paintFor } from '../../src/cli/terminal/paint.ts';
import { showProgress } from '../../src/cli/terminal/progress.ts';
import { fit, pad, textWidth, wrap } from '../../src/cli/terminal/text-width.ts';
import { memoryIo } from '../../testkit/memory-io.ts';

describe('text width', () => {
  test.each([
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['🔑', 2],
    ['', 0],
  ])('%j takes %i columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  test('fits, pads and wraps by columns, not by characters', () => {
    expect(fit('日本語', 5)).toBe('日本…');
    expect(pad('日本', 6)).toBe('日本  ');
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('日本語日本語', 4)).toEqual(['日本', '語日', '本語']);
    for (const line of wrap(`${'x'.repeat(1000)} y`, 40)) expect(textWidth(line)).toBeLessThanOrEqual(40);
    expect(wrap('', 10)).toEqual(['']);
  });
});

describe('colour', () => {
  const painted = (env: Record<string, string>, columns?: number) => {
    const io = memoryIo({ cwd: '/', env, columns });
    return paintFor(io.stdout, io.env).bold('x');
  };
  test('only on a terminal that wants it', () => {
    expect(painted({}, 80)).toBe('\u001b[1mx\u001b[0m');
    expect(painted({})).toBe('x');
    expect(painted({ NO_COLOR: '1' }, 80)).toBe('x');
    expect(painted({ NO_COLOR: '' }, 80)).not.toBe('x');
    expect(painted({ TERM: 'dumb' }, 80)).toBe('x');
    expect(painted({ FORCE_COLOR: '1' })).not.toBe('x');
  });
});

describe('progress', () => {
  const state = (bytes: number) => ({
    bytes,
    totalBytes: 2_000_000_000,
    records: bytes / 500,
    findings: 12,
    file: 'logs/\u001b[31mDC01/Security.evtx',
  });

  test('on a terminal: a bar with rate and time left, redrawn in place, never wider than the terminal, gone at the end', () => {
    for (const columns of [20, 40, 60, 80, 120, 200]) {
      const io = memoryIo({ cwd: '/', columns });
      const progress = showProgress(io);
      for (let i = 1; i <= 20; i++) {
        io.wait(500);
        progress.update(state(i * 100_000_000));
      }
      progress.done();
      const frames = io
        .err()
        .split('\r')
        .filter((frame) => frame !== '')
        .map((frame) => frame.replace('\u001b[K', ''));
      for (const frame of frames) expect(textWidth(frame)).toBeLessThan(columns);
      expect(io.err().endsWith('\r\u001b[K')).toBe(true);
      expect(io.err()).not.toContain('\n');
      expect(io.err()).not.toContain('\u001b[31m');
      if (columns >= 80) expect(frames[10]).toMatch(/50 % {2}200 MB\/s {2}5\.0 s left {2}12 findings/);
    }
  });

  test('at most ten times a second', () => {
    const io = memoryIo({ cwd: '/', columns: 80 });
    const progress = showProgress(io);
    for (let i = 0; i < 1000; i++) {
      io.wait(1);
      progress.update(state(i * 1000));
    }
    expect(io.err().split('\r').length).toBeLessThanOrEqual(12);
  });

  test('in a pipe: a plain line every ten seconds, no escape', () => {
    const io = memoryIo({ cwd: '/' });
    const progress = showProgress(io);
    for (let i = 1; i <= 50; i++) {
      io.wait(500);
      progress.update(state(i * 10_000_000));
    }
    progress.done();
    expect(io.err().trimEnd().split('\n')).toEqual([
      'Scanning: 10 %, 200 MB of 2.0 GB, 400,000 records, 12 findings, 20 MB/s, 10 s so far, about 1 min 30 s left',
      'Scanning: 20 %, 400 MB of 2.0 GB, 800,000 records, 12 findings, 20 MB/s, 20 s so far, about 1 min 20 s left',
    ]);
  });

  test('without a known size it says what was read', () => {
    const io = memoryIo({ cwd: '/', columns: 80 });
    io.wait(0);
    const progress = showProgress(io);
    io.wait(1000);
    progress.update({ ...state(5_000_000), totalBytes: undefined });
    expect(io.err()).toContain('5.0 MB');
    expect(io.err()).not.toContain('%');
  });
});
