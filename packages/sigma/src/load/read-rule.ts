import type { Condition } from '../ast.ts';
import { parseCondition } from '../condition/parse.ts';
import { quote, refuse } from '../errors.ts';
import type { DraftNode } from '../modifiers/value.ts';
import { entry, mapOf, scalars, text } from './attributes.ts';
import type { Context } from './context.ts';
import { readSelection } from './detection.ts';
import type { DraftRule } from './draft.ts';
import { readLogSource } from './logsource.ts';
import { readMetadata } from './metadata.ts';
import type { YamlMap } from './yaml.ts';

/** Reads a document with `detection`. */
export function readRule(map: YamlMap, context: Context, index: number, hasPipelines: boolean): DraftRule {
  const meta = readMetadata(map, context, index);
  const taxonomy = text(map, 'taxonomy');
  if (taxonomy !== undefined && taxonomy.toLowerCase() !== 'sigma' && !hasPipelines) {
    refuse(
      'taxonomy-custom',
      entry(map, 'taxonomy')?.at,
      `the rule is written in the taxonomy ${quote(taxonomy)}, which nothing here can translate`,
      'give a pipeline that maps its fields and log source to those of Sigma',
    );
  }
  const logsource = readLogSource(map, context);
  const detection = mapOf(entry(map, 'detection')!);
  const selections = readSelections(detection, context, RESERVED);
  return {
    kind: 'rule',
    meta,
    logsource,
    selections,
    condition: readCondition(detection, selections, context),
    context,
  };
}

const RESERVED = new Set(['condition', 'timeframe']);

/** Reads every selection of a map that holds a condition too. */
export function readSelections(map: YamlMap, context: Context, reserved: ReadonlySet<string>): Map<string, DraftNode> {
  const selections = new Map<string, DraftNode>();
  for (const { key, at, value } of map.entries) {
    if (key === 'timeframe' && reserved.has(key)) {
      const mend = 'remove it; a time span belongs into a correlation document';
      context.warn('condition-timeframe', at, '`timeframe` has no effect', mend);
    } else if (!reserved.has(key)) selections.set(key, readSelection(key, value, context));
  }
  if (selections.size === 0) {
    refuse(
      'detection-empty',
      map.at,
      'there is no selection beside the condition',
      'add a selection with fields or keywords',
    );
  }
  return selections;
}

/** Reads `condition`; a list of conditions is "or". */
export function readCondition(map: YamlMap, selections: ReadonlyMap<string, DraftNode>, context: Context): Condition {
  const found = entry(map, 'condition');
  if (found === undefined) {
    const mend = `add \`condition:\`, for example \`condition: ${selections.keys().next().value ?? 'selection'}\``;
    refuse('condition-missing', map.at, 'there is no condition', mend);
  }
  const nodes = scalars(found, 'a text or a list of texts');
  if (nodes.length === 0) refuse('condition-missing', found.at, 'the list of conditions is empty', 'add a condition');
  const names = [...selections.keys()];
  const conditions = nodes.map((node) => parseCondition(node, names));
  for (const node of nodes) warnCase(node.text, node.at, context);
  return conditions.length === 1 ? conditions[0] : Object.freeze({ kind: 'or', of: Object.freeze(conditions) });
}

function warnCase(condition: string, at: number, context: Context): void {
  const word = /(?<![\w*-])(?:AND|OR|NOT|OF|And|Or|Not|Of)(?![\w*-])/.exec(condition)?.[0];
  if (word === undefined) return;
  context.warn('keyword-case', at, `${quote(word)} isn't in lower case`, `write ${quote(word.toLowerCase())}`);
}
