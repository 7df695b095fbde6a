import { type Bound, type EventAccess, type Explanation, explain, type NodeTrace } from '@chaperone/sigma';
import type { Evidence } from '../finding.ts';
import { reasons } from './reasons.ts';
import { type RuleRow, sourceFields } from './rule-table.ts';

/** Why a rule holds for one combination of values: in words, and as data. */
export interface Explained {
  /** a sentence with a space behind it; empty where nothing is to be said */
  readonly words: string;
  /** the same, ready to stand inside a JSON string */
  readonly wordsJson: string;
  readonly evidence: readonly Evidence[];
  /** `"evidence":[...]` */
  readonly json: string;
  /** ends of findings' lines by the number of the activity: made by the recorder */
  readonly ends: Map<number, Uint8Array>;
}

/** Combinations remembered, and characters of their values; past either everything is forgotten and begun anew. */
const REMEMBERED = 6_000;
const REMEMBERED_CHARACTERS = 3_000_000;
/** Values longer than this are explained each time. */
const LONGEST = 40_000;

/**
 * Explains matches. The same rule fires again and again on the same values, so explanations are remembered by rule and by the
 * values of the fields that the rule reads.
 */
export class Explainer {
  private readonly known = new Map<string, Explained>();
  private readonly bounds = new WeakMap<Bound, { readonly number: number; readonly fields: readonly string[] }>();
  private numbered = 0;
  private characters = 0;

  of(row: RuleRow, bound: Bound, event: EventAccess): Explained {
    if (row.keywords) return this.make(bound, event);
    let known = this.bounds.get(bound);
    if (known === undefined) {
      this.numbered += 1;
      known = { number: this.numbered, fields: sourceFields(row, bound) };
      this.bounds.set(bound, known);
    }
    // A rule says other field names of other kinds of events, so its number alone would not do. Lengths keep values apart.
    let key = `${known.number}`;
    for (const field of known.fields) {
      const value = event.get(field);
      if (typeof value === 'string') key += ` ${value.length}:${value}`;
      else if (value === undefined) key += ' -';
      else {
        const json = JSON.stringify(value, plain);
        key += ` =${json.length}:${json}`;
      }
    }
    if (key.length > LONGEST) return this.make(bound, event);
    let explained = this.known.get(key);
    if (explained === undefined) {
      explained = this.make(bound, event);
      if (this.known.size >= REMEMBERED || this.characters + key.length > REMEMBERED_CHARACTERS) {
        this.known.clear();
        this.characters = 0;
      }
      this.characters += key.length;
      this.known.set(key, explained);
    }
    return explained;
  }

  private make(bound: Bound, event: EventAccess): Explained {
    const explanation = explain(bound.rule, event, bound.offer.fields);
    const evidence: Evidence[] = evidenceOf(explanation);
    const said = reasons(explanation);
    const words = said === '' ? '' : `It fits the rule: ${said}. `;
    return {
      words,
      wordsJson: JSON.stringify(words).slice(1, -1),
      evidence,
      json: `"evidence":${JSON.stringify(evidence)}`,
      ends: new Map(),
    };
  }
}

/** JSON has no large integers. */
function plain(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

/** Evidence of one finding, at most: a rule that lists fifty words of which twenty stand in the value needs no more. */
const MOST = 12;

/** The items that held, in the selections that held, as data. */
function evidenceOf(explanation: Explanation): Evidence[] {
  const found: Evidence[] = [];
  const visit = (selection: string, node: NodeTrace): void => {
    if (!node.held || node.kind === 'not' || found.length >= MOST) return;
    if (node.kind !== 'item') {
      for (const inner of node.of) visit(selection, inner);
      return;
    }
    const { value } = node;
    const from = value?.matched === undefined ? 0 : value.matched[0] - value.offset;
    const to = value?.matched === undefined ? 0 : value.matched[1] - value.offset;
    found.push({
      selection,
      item: node.key,
      field: node.sourceField ?? node.field ?? '(any value)',
      value: value?.text ?? '',
      expected: node.written,
      ...(to > from && from >= 0 && value !== undefined && to <= value.text.length
        ? { part: [from, to] as const }
        : {}),
    });
  };
  for (const { name, held, node } of explanation.selections) if (held) visit(name, node);
  return found;
}
