import type { DraftItem } from '../modifiers/value.ts';
import type { Parameters } from './parameters.ts';
import type { Run } from './pipeline.ts';
import { pipelineRegex } from './pipeline-regex.ts';
import { readState } from './state-condition.ts';

/** A condition on a field's name; `item` is the detection item that the name belongs to, where there is one. */
export type FieldTest = (field: string | null, item: DraftItem | undefined, run: Run) => boolean;

/** Conditions on names of fields. */
export const FIELD_CONDITIONS: ReadonlyMap<string, (parameters: Parameters) => FieldTest> = new Map<
  string,
  (parameters: Parameters) => FieldTest
>([
  ['include_fields', included],
  ['exclude_fields', excluded],
  ['processing_item_applied', applied],
  ['processing_state', stateOfRun],
]);

function included(parameters: Parameters): FieldTest {
  const names = parameters.texts('fields');
  if (parameters.word('mode', ['plain', 're'], 'plain') === 'plain') {
    const set = new Set(names);
    return (field) => field !== null && set.has(field);
  }
  const { at } = parameters.node('fields');
  const patterns = names.map((name) => pipelineRegex(name, at, true));
  return (field) => field !== null && patterns.some((pattern) => pattern.test(field));
}

function excluded(parameters: Parameters): FieldTest {
  const test = included(parameters);
  return (...args) => !test(...args);
}

function applied(parameters: Parameters): FieldTest {
  const id = parameters.text('processing_item_id');
  return (field, item, run) => {
    if (item !== undefined) return item.applied?.has(id) === true;
    return field !== null && run.fieldApplied.get(field)?.has(id) === true;
  };
}

function stateOfRun(parameters: Parameters): FieldTest {
  const test = readState(parameters);
  return (_field, _item, run) => test(run);
}
