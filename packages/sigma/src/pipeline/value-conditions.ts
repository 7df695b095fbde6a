import { formatSigmaString, parseSigmaString } from '../modifiers/sigma-string.ts';
import type { Value } from '../modifiers/value.ts';
import type { Parameters } from './parameters.ts';
import type { ItemTest } from './pipeline.ts';
import { pipelineRegex } from './pipeline-regex.ts';
import { readState } from './state-condition.ts';

/** Conditions on a detection item. */
export const ITEM_CONDITIONS: ReadonlyMap<string, (parameters: Parameters) => ItemTest> = new Map<
  string,
  (parameters: Parameters) => ItemTest
>([
  ['match_string', matchString],
  ['match_value', matchValue],
  ['contains_wildcard', (p) => quantified(p, hasWildcard)],
  ['is_null', (p) => quantified(p, (value) => value.kind === 'null')],
  ['processing_item_applied', (p) => appliedItem(p.text('processing_item_id'))],
  ['processing_state', stateOfRun],
]);

function stateOfRun(parameters: Parameters): ItemTest {
  const test = readState(parameters);
  return (_, run) => test(run);
}

function appliedItem(id: string): ItemTest {
  return (item) => item.applied?.has(id) === true;
}

/** `cond` says whether any or all values must fit. An empty list of values is one null, as rules mean it. */
function quantified(parameters: Parameters, test: (value: Value) => boolean): ItemTest {
  const any = parameters.word('cond', ['any', 'all']) === 'any';
  return (item) => {
    const values: readonly Value[] =
      item.values.length > 0 ? item.values : [{ kind: 'null', written: '', at: item.at }];
    return any ? values.some(test) : values.every(test);
  };
}

function matchString(parameters: Parameters): ItemTest {
  const regex = pipelineRegex(parameters.text('pattern'), parameters.node('pattern').at, true);
  const negate = parameters.flag('negate');
  return quantified(parameters, (value) => (value.kind === 'string' && regex.test(plainText(value))) !== negate);
}

function matchValue(parameters: Parameters): ItemTest {
  const wanted = parameters.scalar('value').value;
  return quantified(parameters, (value) => equalsPlain(value, wanted));
}

function hasWildcard(value: Value): boolean {
  return value.kind === 'string' && value.parts.some((part) => part.kind === 'any' || part.kind === 'one');
}

/** A value against plain data of a pipeline; texts are compared as Sigma strings, so with case and wildcards. */
export function equalsPlain(value: Value, wanted: string | number | boolean | null): boolean {
  if (value.kind === 'null') return wanted === null;
  if (value.kind === 'number' || value.kind === 'boolean') return value.value === wanted;
  if (value.kind !== 'string' || typeof wanted !== 'string') return false;
  return formatSigmaString(value.parts) === formatSigmaString(parseSigmaString(wanted));
}

/** A Sigma string as pySigma shows it to expressions: wildcards escaped where literal, backslashes as they are. */
export function plainText(value: Extract<Value, { kind: 'string' }>): string {
  let out = '';
  for (const part of value.parts) {
    if (part.kind === 'text') out += part.text.replace(/[*?]/g, '\\$&');
    else if (part.kind === 'any') out += '*';
    else if (part.kind === 'one') out += '?';
    else if (part.kind === 'dash') out += '-';
    else out += `%${part.name}%`;
  }
  return out;
}
