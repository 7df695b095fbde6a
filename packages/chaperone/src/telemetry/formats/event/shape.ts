/**
 * The field names that all events of one kind share, so that an event itself holds only an array of values. Aliases let
 * a value answer to further names (what Sigma rules call it); constants are facts of the kind rather than of the line
 * (`auth.protocol` is `ssh` for every sshd login) and aren't listed among an event's own fields.
 */
export class Shape {
  readonly names: readonly string[];
  readonly #slots = new Map<string, number>();
  readonly #constants: ReadonlyMap<string, string>;

  constructor(
    names: readonly string[],
    aliases: Readonly<Record<string, string>> = {},
    constants: Readonly<Record<string, string>> = {},
  ) {
    this.names = names;
    this.#constants = new Map(Object.entries(constants));
    for (let slot = 0; slot < names.length; slot += 1) {
      // A header may name a column twice: the first one answers
      if (names[slot] !== '' && !this.#slots.has(names[slot])) this.#slots.set(names[slot], slot);
    }
    for (const [alias, name] of Object.entries(aliases)) {
      const slot = this.#slots.get(name);
      if (slot !== undefined && !this.#slots.has(alias)) this.#slots.set(alias, slot);
    }
  }

  value(values: readonly unknown[], field: string): unknown {
    const slot = this.#slots.get(field);
    return slot === undefined ? this.#constants.get(field) : values[slot];
  }

  /** The values as a plain object. Own properties are defined, not assigned: `__proto__` is a name like any other. */
  object(values: readonly unknown[]): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let slot = 0; slot < this.names.length; slot += 1) {
      if (values[slot] !== undefined && this.names[slot] !== '') entries.push([this.names[slot], values[slot]]);
    }
    return Object.fromEntries(entries);
  }
}
