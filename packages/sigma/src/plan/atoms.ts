import type { PatternPart, Test } from '../ast.ts';
import { fold } from '../fold.ts';

/** A test that one value decides. The rest (`fieldref`, `timepart`) asks the event and stays open in the plan. */
export type ValueTest = Exclude<Test, { kind: 'fieldref' } | { kind: 'timepart' }>;

/** A question to one field: the smallest thing that rules share. `field: null` asks every value (a keyword). */
export interface Atom {
  readonly id: number;
  readonly field: string | null;
  readonly test: ValueTest;
}

/** All atoms of a plan; equal questions to the same field are one atom. */
export class AtomTable {
  readonly atoms: Atom[] = [];
  readonly #byField = new Map<string | null, Map<string, Atom>>();

  intern(field: string | null, test: ValueTest): Atom {
    let known = this.#byField.get(field);
    if (known === undefined) {
      known = new Map();
      this.#byField.set(field, known);
    }
    const key = testKey(test);
    let atom = known.get(key);
    if (atom === undefined) {
      atom = { id: this.atoms.length, field, test };
      this.atoms.push(atom);
      known.set(key, atom);
    }
    return atom;
  }
}

/** A text that two tests share exactly when they ask the same. Also how dumps of a plan write a test. */
export function testKey(test: ValueTest): string {
  switch (test.kind) {
    case 'pattern':
      return (test.cased ? 'cased ' : '') + patternKey(test.parts, test.cased);
    case 'number':
      return `number ${test.value}`;
    case 'boolean':
      return `boolean ${test.value}`;
    case 'regex':
      return `regex /${test.source}/${test.flags}`;
    case 'cidr':
      return `cidr ${test.network}`;
    case 'compare':
      return `${test.op} ${test.value}`;
    case 'null':
      return 'null';
    case 'exists':
      return `exists ${test.present}`;
  }
}

function patternKey(parts: readonly PatternPart[], cased: boolean): string {
  let key = '';
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
        key += JSON.stringify(cased ? part.text : fold(part.text));
        break;
      case 'any':
        key += '*';
        break;
      case 'one':
        key += '?';
        break;
      case 'dash':
        key += '-/';
    }
  }
  return key;
}
