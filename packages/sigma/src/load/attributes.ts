import { quote, refuse } from '../errors.ts';
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from './yaml.ts';

/** The entry of a map by its key. */
export function entry(map: YamlMap, key: string): YamlEntry | undefined {
  return map.entries.find((candidate) => candidate.key === key);
}

/** A text attribute; numbers are taken by their text, null is absent. */
export function text(map: YamlMap, key: string): string | undefined {
  const found = entry(map, key);
  if (found === undefined) return undefined;
  if (found.value.kind !== 'scalar') wrongType(found, 'a text');
  return found.value.value === null ? undefined : found.value.text;
}

/** A list of texts, or one text. */
export function texts(map: YamlMap, key: string): string[] {
  const found = entry(map, key);
  if (found === undefined) return [];
  return scalars(found, 'a text or a list of texts').flatMap((node) => (node.value === null ? [] : [node.text]));
}

/** The scalars of an attribute that is one or a list of them. */
export function scalars(found: YamlEntry, wants: string): readonly YamlScalar[] {
  const node = found.value;
  if (node.kind === 'scalar') return [node];
  if (node.kind === 'map') wrongType(found, wants);
  for (const item of node.items) {
    if (item.kind !== 'scalar') wrongType({ ...found, at: item.at }, wants);
  }
  return node.items as readonly YamlScalar[];
}

/** An attribute that must be a map. */
export function mapOf(found: YamlEntry): YamlMap {
  if (found.value.kind !== 'map') wrongType(found, 'a map');
  return found.value;
}

export function wrongType(found: YamlEntry, wants: string): never {
  refuse('document-type', found.at, `${quote(found.key)} must be ${wants}`, `make ${quote(found.key)} ${wants}`);
}

/** A node as plain data; objects have no prototype, so no key can reach one. */
export function plain(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plain);
  const out: Record<string, unknown> = Object.create(null);
  for (const { key, value } of node.entries) out[key] = plain(value);
  return out;
}
