import { isUtf8 } from 'node:buffer';
import type { RecordBatch } from '../../telemetry/index.ts';

/**
 * The records of a delivery as texts, and what salts their ids. Bytes that are no UTF-8 are taken for Latin-1, which loses none of them.
 *
 * @param salt begins the salts; undefined: equal records are told apart by their number among each other
 */
export function recordTexts(
  { bytes: all, ends }: RecordBatch,
  salt: string | undefined,
): { readonly texts: string[]; readonly salts: string[] } {
  const bytes = Buffer.from(all.buffer, all.byteOffset, all.byteLength);
  const whole = isUtf8(bytes);
  const texts: string[] = [];
  const salts: string[] = [];
  const seen = salt === undefined ? new Map<string, number>() : undefined;
  let from = 0;
  for (const to of ends) {
    const text =
      whole || isUtf8(bytes.subarray(from, to)) ? bytes.toString('utf8', from, to) : bytes.toString('latin1', from, to);
    from = to;
    if (seen === undefined) salts.push(`${salt}/${texts.length}`);
    else {
      const times = seen.get(text) ?? 0;
      seen.set(text, times + 1);
      salts.push(times === 0 ? '' : String(times));
    }
    texts.push(text);
  }
  return { texts, salts };
}
