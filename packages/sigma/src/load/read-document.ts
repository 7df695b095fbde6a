import { refuse, suggestion } from '../errors.ts';
import { entry } from './attributes.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { readCorrelation } from './read-correlation.ts';
import { readFilter } from './read-filter.ts';
import { readRule } from './read-rule.ts';
import type { YamlNode } from './yaml.ts';

/**
 * Reads one document: a rule, a correlation or a filter by the attribute that it has.
 * @throws Refused
 */
export function readDocument(node: YamlNode, context: Context, index: number, hasPipelines: boolean): Draft {
  if (node.kind !== 'map') {
    refuse(
      'document-not-map',
      node.at,
      'a Sigma document is a map with `title`, `logsource` and so on',
      'see the Sigma specification',
    );
  }
  if (entry(node, 'correlation') !== undefined) return readCorrelation(node, context, index);
  if (entry(node, 'filter') !== undefined) return readFilter(node, context, index);
  if (entry(node, 'detection') !== undefined) return readRule(node, context, index, hasPipelines);
  const title = entry(node, 'title')?.value;
  if (title?.kind === 'scalar') context.rule = title.text;
  const near = node.entries
    .map(({ key }) => suggestion(key, ['detection', 'correlation', 'filter']))
    .find((hint) => hint !== '');
  refuse(
    'document-kind',
    node.at,
    'the document has neither `detection`, `correlation` nor `filter`, so it is no Sigma document',
    `add one of them, or keep other YAML out of the folder of rules.${near ?? ''}`,
  );
}
