import { expect, it } from 'vitest';
import { readBuffer } from '../src/index.ts';
import { sealChunk, writeEvtx } from '../testkit/index.ts';
import { logon, readAll } from './samples.ts';

const HEAD = 4096;

/** A log whose last records were cut off the chunk's list, as when a log is cleared or a chunk is used again. */
function withSlack(total: number, live: number): Buffer {
  const bytes = Buffer.from(
    writeEvtx(
      Array.from({ length: total }, (_, index) =>
        logon({ computer: `host${index}`, recordId: index < live ? index + 1 : 5000 + index }),
      ),
    ),
  );
  const starts = readAll(bytes, (cursor) => cursor.offset, { carve: false }).records;
  const free = starts[live] - HEAD;
  bytes.writeUInt32LE(free, HEAD + 48);
  bytes.writeBigUInt64LE(BigInt(live), HEAD + 32);
  sealChunk(bytes.subarray(HEAD, HEAD + 65_536), free);
  return bytes;
}

it('finds records in slack on request only, and marks them', () => {
  const bytes = withSlack(20, 12);
  expect(readAll(bytes, (cursor) => cursor.recordId).summary).toMatchObject({ records: 12, carved: 0, unread: 0 });
  const { records, summary } = readAll(bytes, (cursor) => [cursor.carved, cursor.get('Computer')], { carve: true });
  expect(summary).toMatchObject({ records: 12, carved: 8, uncarved: 0, unread: 0 });
  expect(records.filter(([carved]) => carved).map(([, host]) => host)).toEqual(
    Array.from({ length: 8 }, (_, index) => `host${12 + index}`),
  );
});

it('does not take the template that overwrote a carved record’s own', () => {
  const bytes = withSlack(6, 3);
  // another definition now stands where the slack's template was: its mark differs
  const definition = HEAD + 512 + 24 + 14;
  bytes.writeUInt32LE(0x1234_5678, definition + 4);
  const { summary } = readAll(bytes, (cursor) => cursor.get('Computer'), { carve: true });
  // the template is known from elsewhere in this process, so they can still be told
  expect(summary).toMatchObject({ records: 3, carved: 3, uncarved: 0 });
  const alien = Buffer.from(bytes);
  for (let at = alien.indexOf('**\0\0'); at >= 0; at = alien.indexOf('**\0\0', at + 4)) {
    if (alien.readUInt32LE(at + 8) >= 5000) alien.writeUInt32LE(0x0bad_f00d, at + 24 + 6);
  }
  const lost = readBuffer(alien, { onRecord: () => {} }, { carve: true });
  expect(lost).toMatchObject({ records: 3, carved: 0, uncarved: 3 });
});
