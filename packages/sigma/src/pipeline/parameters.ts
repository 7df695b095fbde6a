import { quote, refuse } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import type { YamlEntry, YamlMap, YamlNode, YamlScalar } from '../load/yaml.ts';

/** Reads the parameters of a pipeline item or condition, and refuses the pipeline where one is missing or misshapen. */
export class Parameters {
  readonly map: YamlMap;
  readonly #what: string;

  constructor(map: YamlMap, what: string) {
    this.map = map;
    this.#what = what;
  }

  has(key: string): boolean {
    return entry(this.map, key) !== undefined;
  }

  node(key: string): YamlNode {
    return this.#entry(key).value;
  }

  text(key: string): string {
    return this.#scalar(key).text;
  }

  textOr(key: string, otherwise: string): string {
    return this.has(key) ? this.text(key) : otherwise;
  }

  scalar(key: string): YamlScalar {
    return this.#scalar(key);
  }

  flag(key: string): boolean {
    if (!this.has(key)) return false;
    const { value, at } = this.#scalar(key);
    return typeof value === 'boolean' ? value : this.fail(at, key, '`true` or `false`');
  }

  /** One of a few words. */
  word<T extends string>(key: string, words: readonly T[], otherwise?: T): T {
    if (otherwise !== undefined && !this.has(key)) return otherwise;
    const { text, at } = this.#scalar(key);
    return words.find((word) => word === text) ?? this.fail(at, key, `one of ${words.join(', ')}`);
  }

  texts(key: string): string[] {
    const { value, at } = this.#entry(key);
    if (value.kind === 'scalar') return [value.text];
    if (value.kind === 'map') return this.fail(at, key, 'a text or a list of texts');
    return value.items.map((item) => (item.kind === 'scalar' ? item.text : this.fail(item.at, key, 'a list of texts')));
  }

  /** A map of texts to one or several texts; an empty list is kept. */
  mapping(key: string): Map<string | null, string[]> {
    const { value, at } = this.#entry(key);
    if (value.kind !== 'map') return this.fail(at, key, 'a map');
    const mapping = new Map<string | null, string[]>();
    for (const one of value.entries)
      mapping.set(one.key === '' || one.key === 'null' ? null : one.key, this.#targets(one, key));
    return mapping;
  }

  #targets(one: YamlEntry, key: string): string[] {
    const { value } = one;
    if (value.kind === 'scalar') return [value.text];
    if (value.kind === 'map') return this.fail(one.at, key, 'a map of texts or lists of texts');
    return value.items.map((item) => (item.kind === 'scalar' ? item.text : this.fail(item.at, key, 'a list of texts')));
  }

  fail(at: number, key: string, wants: string): never {
    refuse('pipeline-structure', at, `${quote(key)} of ${this.#what} must be ${wants}`, `make ${quote(key)} ${wants}`);
  }

  #entry(key: string): YamlEntry {
    const found = entry(this.map, key);
    if (found !== undefined) return found;
    refuse('pipeline-structure', this.map.at, `${this.#what} needs ${quote(key)}`, `add ${quote(`${key}:`)}`);
  }

  #scalar(key: string): YamlScalar {
    const { value, at } = this.#entry(key);
    return value.kind === 'scalar' ? value : this.fail(at, key, 'one value');
  }
}
