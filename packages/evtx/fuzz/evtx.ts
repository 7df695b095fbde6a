import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBuffer } from '../src/index.ts';
import { values, writeEvtx } from '../testkit/index.ts';

const base = {
  provider: 'Microsoft-Windows-Security-Auditing',
  eventId: 4624,
  channel: 'Security',
  computer: 'host',
  time: 1_760_000_000_000_000,
};

const ownSeeds = () => [
  writeEvtx([
    { ...base, data: { Text: 'a', Number: 5, Sid: values.sid('S-1-5-18'), List: ['a', 'b'], Null: null } },
    { ...base, data: ['x', ['y', 'z']] },
    { ...base, userData: { name: 'Cleared', namespace: 'urn:x', fields: { Who: 'b' } } },
    { ...base, template: false, data: { A: 'b' } },
  ]),
];

/** Small logs of the corpus, where it is. */
function corpusSeeds(): Uint8Array[] {
  const folder = join(process.env.CHAPERONE_CORPUS ?? '../shared/corpus', 'evtx-attack-samples');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.evtx'))
    .sort()
    .filter((_, index) => index % 20 === 0)
    .map((name) => readFileSync(join(folder, name)).subarray(0, 4096 + 65_536));
}

/** Reads a log in every way; it must neither throw nor miscount. */
export default {
  name: 'evtx',
  seeds: (): Uint8Array[] => [...ownSeeds(), ...corpusSeeds()],
  run(data: Uint8Array): void {
    let seen = 0;
    const summary = readBuffer(
      data,
      {
        onRecord: (cursor) => {
          seen++;
          cursor.event();
          cursor.xml();
          cursor.timeCreated();
          cursor.values(() => {});
          for (let leaf = 0; leaf < (cursor.layout?.leaves.length ?? 0); leaf++) {
            if (cursor.locate(leaf) && cursor.start + cursor.length > cursor.bytes.length) {
              throw new Error('A value was located outside of the file.');
            }
          }
        },
      },
      { carve: true },
    );
    if (summary.records + summary.carved !== seen) throw new Error('The summary miscounts.');
  },
};
