import { quote, refuse, suggestion } from '../errors.ts';
import { entry } from './attributes.ts';
import type { YamlEntry, YamlMap, YamlNode } from './yaml.ts';

const ACTIONS = ['global', 'reset', 'repeat'];

/**
 * The old way to write many rules in a file, which packs still use: a document with `action: global` gives its
 * attributes to the rules behind it until `action: reset`, and `action: repeat` is the rule before it with changes.
 * Correlations and filters take nothing from it.
 */
export class Collection {
  #shared: YamlMap | undefined;
  #before: YamlMap | undefined;

  /**
   * The document as it is to be read; undefined where it only serves others.
   * @throws Refused for an action that doesn't exist, or a repetition of nothing
   */
  take(node: YamlNode): YamlNode | undefined {
    if (node.kind !== 'map') return node;
    const found = entry(node, 'action');
    if (found === undefined) {
      if (entry(node, 'correlation') !== undefined || entry(node, 'filter') !== undefined) return node;
      this.#before = this.#shared === undefined ? node : merged(this.#shared, node);
      return this.#before;
    }
    const action = found.value.kind === 'scalar' ? found.value.text : '';
    const rest = { ...node, entries: node.entries.filter((one) => one !== found) };
    if (action === 'global') {
      this.#shared = rest;
      this.#before = rest;
      return undefined;
    }
    if (action === 'reset') {
      this.#shared = undefined;
      return undefined;
    }
    if (action !== 'repeat') {
      const mend = `use one of ${ACTIONS.join(', ')}, or remove it.${suggestion(action, ACTIONS)}`;
      refuse('collection-action', found.value.at, `there is no action ${quote(action)}`, mend);
    }
    if (this.#before === undefined) {
      refuse(
        'collection-action',
        found.value.at,
        'there is no rule before this one to repeat',
        'put the rule before it',
      );
    }
    this.#before = merged(this.#before, rest);
    return this.#before;
  }
}

/** `base` with the entries of `over` in it; maps are merged, everything else is replaced. */
function merged(base: YamlMap, over: YamlMap): YamlMap {
  const entries: YamlEntry[] = base.entries.map((one) => {
    const other = entry(over, one.key);
    if (other === undefined) return one;
    return one.value.kind === 'map' && other.value.kind === 'map'
      ? { ...other, value: merged(one.value, other.value) }
      : other;
  });
  for (const one of over.entries) if (entry(base, one.key) === undefined) entries.push(one);
  return { kind: 'map', at: over.at, entries, size: base.size + over.size };
}
