// Makes events for rules and says which of them each rule holds for, as JSON lines on stdout:
//   node packages/sigma/test/pysigma/events.ts RULES-DIR [every-nth] [pipeline.yml ...] > events.jsonl
// `check.py` then asks pySigma the same. See README.md here.
import { readFileSync } from 'node:fs';
import {
  evaluate,
  loadDirectory,
  loadPipeline,
  loadRules,
  type Node,
  objectAccess,
  type Pipeline,
  type Test,
} from '../../src/index.ts';

const [folder, nth = '1', ...files] = process.argv.slice(2);
const pipelines = files.map((file): Pipeline => {
  const { pipeline, refused } = loadPipeline({ file, text: readFileSync(file, 'utf8') });
  if (pipeline === undefined) throw new Error(refused[0].message);
  return pipeline;
});

let seed = 12_345;
function random(): number {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x80000000;
}
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
const flip = (text: string) => pick([text, text, text.toUpperCase(), text.toLowerCase()]);

/** A value that passes a test, as far as that is easy to say. */
function passing(test: Test): unknown {
  switch (test.kind) {
    case 'pattern': {
      const pieces = test.parts.map((part) => {
        if (part.kind === 'text') return part.text;
        if (part.kind === 'any') return pick(['', 'zz', ' mid ', '\n']);
        return part.kind === 'one' ? 'q' : pick(['-', '/', '\u2013', '\u2014', '\u2015']);
      });
      return flip(pieces.join(''));
    }
    case 'number':
      return pick([test.value, String(test.value), `0x${Math.abs(test.value).toString(16)}`]);
    case 'boolean':
      return pick([test.value, String(test.value)]);
    case 'regex':
      return flip(
        test.source
          .replace(/\(\?[a-z]+\)/g, '')
          .replace(/\\(.)/g, '$1')
          .replace(/[()|?*+^$]/g, '')
          .replace(/\[(.)[^\]]*\]/g, '$1')
          .replace(/\{\d+(,\d*)?\}/g, ''),
      );
    case 'cidr':
      return test.network.split('/')[0];
    case 'compare':
      return test.value + pick([-1, 0, 1]);
    case 'null':
      return pick([null, undefined]);
    case 'exists':
      return test.present ? 'x' : undefined;
    default:
      return 'refval';
  }
}

function fill(node: Node, event: Record<string, unknown>): void {
  if (node.kind === 'all') for (const one of node.of) fill(one, event);
  else if (node.kind === 'any') fill(pick(node.of), event);
  else if (node.kind === 'not') fill(node.of, event);
  else {
    const field = node.field ?? pick(['Keyword', 'Message']);
    const value = passing(node.test);
    if (node.test.kind === 'fieldref') event[node.test.field] = 'REFVAL';
    const old = event[field];
    if (value === undefined) delete event[field];
    else if (typeof old === 'string' && typeof value === 'string' && random() < 0.7)
      event[field] = pick([old + value, value + old]);
    else event[field] = value;
  }
}

/** Spoils one field, so that near misses are tried too. */
function spoil(event: Record<string, unknown>): void {
  const field = pick(Object.keys(event));
  const value = event[field];
  if (typeof value === 'string' && random() < 0.7) event[field] = pick([value.slice(1), `${value}~`]);
  else if (field !== undefined) delete event[field];
}

const { sources } = await loadDirectory(folder);
for (const [index, source] of sources.entries()) {
  if (index % Number(nth) !== 0) continue;
  const rule = loadRules([source], { pipelines }).rules[0];
  if (rule === undefined) continue;
  for (let round = 0; round < 14; round++) {
    const event: Record<string, unknown> = {};
    for (const selection of rule.selections.values()) if (random() < (round < 7 ? 0.85 : 0.5)) fill(selection, event);
    if (round % 3 === 2) spoil(event);
    console.log(JSON.stringify({ file: source.file, event, result: evaluate(rule, objectAccess(event)) }));
  }
}
