import type { TemporalCondition } from '../ast.ts';
import { parseTemporal } from '../condition/temporal.ts';
import { quote, refuse, suggestion } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import type { YamlMap, YamlNode } from '../load/yaml.ts';
import { Parameters } from './parameters.ts';

type Predicate<A extends unknown[]> = (...args: A) => boolean;
type Reader<A extends unknown[]> = (parameters: Parameters) => Predicate<A>;

/** The three kinds of conditions of an item, by the prefix of their keys. */
export interface ConditionKind {
  readonly list: string;
  readonly prefix: string;
}

/**
 * Reads one kind of conditions of an item: a list (or map) joined by `<prefix>_op` (`and` by default), or a map joined
 * by the expression in `<prefix>_expr`; `<prefix>_not` negates the whole.
 * @returns undefined where the item states none
 */
export function readConditions<A extends unknown[]>(
  item: YamlMap,
  kind: ConditionKind,
  readers: ReadonlyMap<string, Reader<A>>,
): Predicate<A> | undefined {
  const found = entry(item, kind.list);
  if (found === undefined) return undefined;
  const named = namedNodes(found.value).map(([name, node]): [string, Predicate<A>] => [name, readOne(node, readers)]);
  if (named.length === 0) return undefined;
  const parameters = new Parameters(item, 'the item');
  const joined = parameters.has(`${kind.prefix}_expr`)
    ? byExpression(parameters, kind, new Map(named))
    : byOperator(
        parameters,
        kind,
        named.map(([, predicate]) => predicate),
      );
  return parameters.flag(`${kind.prefix}_not`) ? (...args) => !joined(...args) : joined;
}

function namedNodes(node: YamlNode): [string, YamlNode][] {
  if (node.kind === 'map') return node.entries.map(({ key, value }) => [key, value]);
  if (node.kind === 'list') return node.items.map((item, index) => [String(index + 1), item]);
  return node.value === null
    ? []
    : refuse('pipeline-condition', node.at, 'conditions are a list or a map', 'write a list');
}

function readOne<A extends unknown[]>(node: YamlNode, readers: ReadonlyMap<string, Reader<A>>): Predicate<A> {
  if (node.kind !== 'map') refuse('pipeline-condition', node.at, 'a condition is a map with `type`', 'write a map');
  const type = new Parameters(node, 'a condition').text('type');
  const reader = readers.get(type);
  if (reader !== undefined) return reader(new Parameters(node, `the condition ${quote(type)}`));
  const mend = `use one of ${[...readers.keys()].join(', ')}.${suggestion(type, readers.keys())}`;
  refuse('pipeline-condition', node.at, `there is no condition ${quote(type)} of this kind`, mend);
}

function byOperator<A extends unknown[]>(
  parameters: Parameters,
  kind: ConditionKind,
  all: Predicate<A>[],
): Predicate<A> {
  const op = parameters.word(`${kind.prefix}_op`, ['and', 'or'], 'and');
  return op === 'and' ? (...args) => all.every((one) => one(...args)) : (...args) => all.some((one) => one(...args));
}

function byExpression<A extends unknown[]>(
  parameters: Parameters,
  kind: ConditionKind,
  named: ReadonlyMap<string, Predicate<A>>,
): Predicate<A> {
  const node = parameters.scalar(`${kind.prefix}_expr`);
  const { condition, references } = parseTemporal(node, 'pipeline-condition');
  for (const { text, at } of references) {
    if (named.has(text)) continue;
    const mend = `name one of ${[...named.keys()].join(', ')}`;
    refuse('pipeline-condition', at, `there is no condition named ${quote(text)}`, mend);
  }
  const build = (one: TemporalCondition): Predicate<A> => {
    if (one.kind === 'rule') return named.get(one.ref)!;
    if (one.kind === 'not') {
      const inner = build(one.of);
      return (...args) => !inner(...args);
    }
    const inner = one.of.map(build);
    return one.kind === 'and'
      ? (...args) => inner.every((predicate) => predicate(...args))
      : (...args) => inner.some((predicate) => predicate(...args));
  };
  return build(condition);
}
