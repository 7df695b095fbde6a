import { hostName, isGlob, type Provider, type Registry, shortHost } from '../../registry/index.ts';

/** Remembered per name; past this it starts afresh. */
const MEMORY = 50_000;

/** Whose machine a host name is. Plain names are found by their first label; only patterns are tried one by one. */
export class HostIndex {
  readonly #plain = new Map<string, { readonly provider: Provider; matches(host: string): boolean }[]>();
  readonly #patterns: { readonly provider: Provider; matches(host: string): boolean }[] = [];
  readonly #memory = new Map<string, Provider | null>();

  constructor(registry: Registry | undefined) {
    for (const provider of registry?.providers ?? []) {
      for (const host of provider.hosts) {
        const entry = { provider, matches: (name: string) => host.matches(name) };
        const key = shortHost(hostName(host.text));
        const list = this.#plain.get(key);
        if (isGlob(host.text)) this.#patterns.push(entry);
        else if (list === undefined) this.#plain.set(key, [entry]);
        else list.push(entry);
      }
    }
  }

  find(text: string): Provider | undefined {
    const known = this.#memory.get(text);
    if (known !== undefined) return known === null ? undefined : known;
    const name = hostName(text);
    const found = [...(this.#plain.get(shortHost(name)) ?? []), ...this.#patterns].find((entry) => entry.matches(name));
    if (this.#memory.size >= MEMORY) this.#memory.clear();
    this.#memory.set(text, found?.provider ?? null);
    return found?.provider;
  }
}
