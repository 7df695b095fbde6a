/**
 * How fast records are walked: `node bench/evtx-walk.ts FILE [evtx_dump]`. With the path of evtx_dump, each run
 * of ours is followed by one of its conversion to JSON on one thread, and the medians are compared.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { type EvtxHandlers, type Layout, type RecordCursor, readFileSync } from '@chaperone/evtx';

/** Fields that rules and attribution ask most; those that a record lacks are asked of its other fields. */
const FIELDS = 12;

const [file, peer] = process.argv.slice(2);
if (file === undefined) throw new TypeError('Usage: node bench/evtx-walk.ts FILE [evtx_dump]');

let sum = 0;

/** Twelve located fields a record, each hashed byte by byte in fours, as a value memory does. */
function hashTwelve(cursor: RecordCursor): void {
  const { layout } = cursor;
  if (layout === undefined) return;
  const leaves = (layout.data as Int32Array | undefined) ?? chooseLeaves(layout);
  for (let index = 0; index < leaves.length; index++) {
    if (!cursor.locate(leaves[index])) continue;
    const { view, start, length } = cursor;
    let hash = 0x811c9dc5 ^ cursor.type;
    let at = start;
    for (const end = start + (length & ~3); at < end; at += 4) {
      hash = Math.imul(hash ^ view.getInt32(at, true), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    for (const end = start + length; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x9e3779b1);
    sum = (sum + hash) | 0;
  }
}

function chooseLeaves(layout: Layout): Int32Array {
  const wanted = ['EventID', 'Channel', 'Provider_Name', 'Computer'].map((name) => layout.find(name));
  const slots = layout.leaves.map((leaf, index) => (leaf.kind === 'slot' ? index : -1)).reverse();
  const leaves = [...new Set([...wanted, ...slots])].filter((leaf) => leaf >= 0 && layout.leaves[leaf].kind === 'slot');
  const chosen = Int32Array.from(leaves.slice(0, FIELDS));
  layout.data = chosen;
  return chosen;
}

const lanes: Record<string, { handlers: EvtxHandlers; runs: number; checksums?: boolean }> = {
  'records only': { handlers: { onRecord: () => {} }, runs: 7 },
  'records only, no checksums': { handlers: { onRecord: () => {} }, runs: 7, checksums: false },
  'twelve fields hashed': { handlers: { onRecord: hashTwelve }, runs: 7 },
  'whole events': { handlers: { onRecord: (cursor) => void cursor.event() }, runs: 3 },
  'whole events as JSON text': {
    handlers: {
      onRecord: (cursor) => {
        sum += JSON.stringify(cursor.event()).length;
      },
    },
    runs: 3,
  },
  XML: {
    handlers: {
      onRecord: (cursor) => {
        sum += cursor.xml().length;
      },
    },
    runs: 3,
  },
};

function peerSeconds(): number {
  const nothing = openSync('/dev/null', 'w');
  const start = performance.now();
  execFileSync(peer, ['-t', '1', '-o', 'jsonl', file], { stdio: ['ignore', nothing, 'ignore'] });
  const seconds = (performance.now() - start) / 1000;
  closeSync(nothing);
  return seconds;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];

console.log(`Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, ${file}`);
const only = process.env.LANE;
for (const [name, { handlers, runs, checksums }] of Object.entries(lanes)) {
  if (only !== undefined && !name.startsWith(only)) continue;
  const ours: number[] = [];
  const theirs: number[] = [];
  let records = 0;
  let bytes = 0;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const summary = readFileSync(file, handlers, { checksums });
    ours.push((performance.now() - start) / 1000);
    records = summary.records;
    bytes = summary.bytes;
    if (peer !== undefined) theirs.push(peerSeconds());
  }
  const seconds = median(ours);
  const rate = `${(records / seconds / 1e6).toFixed(2)} M records/s, ${(bytes / seconds / 1e6).toFixed(0)} MB/s`;
  const ratio = theirs.length > 0 ? `, ${(seconds / median(theirs)).toFixed(2)} of evtx_dump's time` : '';
  console.log(`${name}: ${seconds.toFixed(3)} s, ${rate}${ratio}`);
}
console.log(`(check ${sum})`);
