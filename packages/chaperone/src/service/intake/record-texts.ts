import { isUtf8 } from 'node:buffer';
import type { EngineBatch } from './engine-protocol.ts';

type Salted = Pick<EngineBatch, 'records' | 'salt' | 'first' | 'equals'>;

/**
 * The records of a batch as texts, and what salts their ids: the salt with the record's number, or, without one, how many equal records came before
 * it. Bytes that are no UTF-8 are taken for Latin-1, which loses none of them.
 */
export function recordTexts({ records, salt, first = 0, equals }: Salted): {
  readonly texts: string[];
  readonly salts: string[];
} {
  const { bytes: all, ends } = records;
  const bytes = Buffer.from(all.buffer, all.byteOffset, all.byteLength);
  const whole = isUtf8(bytes);
  const texts: string[] = [];
  const salts: string[] = [];
  const seen = salt === undefined && equals === undefined ? new Map<string, number>() : undefined;
  let from = 0;
  for (const to of ends) {
    const text =
      whole || isUtf8(bytes.subarray(from, to)) ? bytes.toString('utf8', from, to) : bytes.toString('latin1', from, to);
    from = to;
    if (salt !== undefined) salts.push(`${salt}/${first + texts.length}`);
    else {
      const times = equals?.[texts.length] ?? seen?.get(text) ?? 0;
      seen?.set(text, times + 1);
      salts.push(times === 0 ? '' : String(times));
    }
    texts.push(text);
  }
  return { texts, salts };
}
