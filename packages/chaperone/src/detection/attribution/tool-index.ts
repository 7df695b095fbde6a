import { glob, hostName, isGlob, loadRmmTools, type Registry, type RmmTool, type Tool } from '../../registry/index.ts';

/** A remote-management tool seen in a value. */
export interface ToolMatch {
  /** as LOLRMM or the registry names it */
  readonly name: string;
  /** what was seen: `screenconnect.clientservice.exe` */
  readonly seen: string;
  /** providers' declarations of this tool */
  readonly declared: readonly Tool[];
  /** the declaration whose own instance or relay was seen */
  readonly instance: Tool | undefined;
}

/** Remembered per value: values repeat, and the walk over folders isn't free. */
const MEMORY = 20_000;

/** Recognises tools by program, folder, service, domain and signer, and a provider's own instance by its name in a value. */
export class ToolIndex {
  /** every known tool's name, by its lower case */
  readonly #names = new Map<string, string>();
  readonly #files = new Map<string, string[]>();
  readonly #services = new Map<string, string[]>();
  readonly #servicePatterns: { readonly test: (text: string) => boolean; readonly name: string }[] = [];
  readonly #domains = new Map<string, string[]>();
  readonly #signers = new Map<string, string[]>();
  readonly #folders = new Map<string, string[]>();
  readonly #declared = new Map<string, Tool[]>();
  readonly #paths: { readonly test: (text: string) => boolean; readonly name: string }[] = [];
  readonly #instances: { readonly text: string; readonly tool: Tool }[] = [];
  readonly #memory = new Map<string, ToolMatch | null>();

  constructor(registry: Registry | undefined, tools: readonly RmmTool[] = loadRmmTools()) {
    for (const tool of tools) {
      this.#names.set(tool.name.toLowerCase(), tool.name);
      for (const file of tool.files ?? []) push(this.#files, file, tool.name);
      for (const folder of tool.folders ?? []) push(this.#folders, folder.slice(1), tool.name);
      for (const domain of tool.domains ?? []) push(this.#domains, domain, tool.name);
      for (const signer of tool.signers ?? []) push(this.#signers, signer, tool.name);
      for (const service of tool.services ?? []) {
        if (isGlob(service)) this.#servicePatterns.push({ test: glob(service), name: tool.name });
        else push(this.#services, service, tool.name);
      }
    }
    for (const provider of registry?.providers ?? []) {
      for (const tool of provider.tools) {
        const known = this.#declared.get(tool.name.toLowerCase());
        if (known === undefined) this.#declared.set(tool.name.toLowerCase(), [tool]);
        else known.push(tool);
        for (const path of tool.declared.paths ?? []) this.#paths.push({ test: glob(path), name: tool.name });
        for (const service of tool.declared.services ?? [])
          this.#servicePatterns.push({ test: glob(service), name: tool.name });
        for (const text of [tool.declared.instance, tool.declared.relay])
          if (text !== undefined) this.#instances.push({ text: hostName(text), tool });
      }
    }
  }

  path(path: string): ToolMatch | undefined {
    return this.#remember('p', path, () => {
      const own = this.#paths.find(({ test }) => test(path));
      const parts = path.toLowerCase().split(/[\\/]/);
      const names = [...(own === undefined ? [] : [own.name]), ...(this.#files.get(parts[parts.length - 1]!) ?? [])];
      if (names.length === 0) {
        for (const part of parts.slice(0, 12)) {
          const bare = part.replace(/ \([^)]*\)$/, '');
          names.push(...(this.#folders.get(bare) ?? []));
        }
      }
      return this.#match(names, path);
    });
  }

  service(name: string): ToolMatch | undefined {
    return this.#remember('s', name, () => {
      const lower = name.toLowerCase();
      const names = [
        ...this.#servicePatterns.filter(({ test }) => test(name)).map((pattern) => pattern.name),
        ...(this.#services.get(lower) ?? []),
      ];
      return this.#match(names, name);
    });
  }

  domain(host: string): ToolMatch | undefined {
    return this.#remember('d', host, () => {
      let name = hostName(host);
      const instance = this.#instances.find(({ text }) => name === text || name.endsWith(`.${text}`));
      if (instance !== undefined) return this.#match([instance.tool.name], host);
      for (let depth = 0; depth < 10; depth++) {
        const names = this.#domains.get(name);
        if (names !== undefined) return this.#match(names, host);
        const dot = name.indexOf('.');
        if (dot < 0) return undefined;
        name = name.slice(dot + 1);
      }
      return undefined;
    });
  }

  url(url: string): ToolMatch | undefined {
    const host = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/:?#\s]{1,255})/i.exec(url)?.[1];
    return host === undefined ? undefined : this.domain(host);
  }

  signer(signer: string): ToolMatch | undefined {
    return this.#remember('g', signer, () => this.#match(this.#signers.get(signer.toLowerCase().trim()) ?? [], signer));
  }

  /** The tool that a source states by its name; clients of VPNs and browsers, which sources state too, are none. */
  named(name: string): ToolMatch | undefined {
    const lower = name.trim().toLowerCase();
    const known = this.#names.get(lower);
    return known === undefined && !this.#declared.has(lower) ? undefined : this.#match([known ?? name.trim()], name);
  }

  /** A command line or image path of a service: instances are named in it. */
  command(line: string): ToolMatch | undefined {
    return this.#remember('c', line, () => {
      const program = /^\s*"([^"]{1,1024})"|^\s*(\S{1,1024}?\.exe)|^\s*(\S{1,1024})/i.exec(line);
      const path = program?.[1] ?? program?.[2] ?? program?.[3];
      const match =
        path === undefined
          ? undefined
          : (this.path(path) ??
            (line.includes(' ') ? this.path(line.slice(0, 300).replace(/\.exe\b.*$/i, '.exe')) : undefined));
      return match === undefined
        ? undefined
        : this.#match([match.name, ...match.declared.map((tool) => tool.name)], line.slice(0, 2000), match.seen);
    });
  }

  #match(names: readonly string[], text: string, seen?: string): ToolMatch | undefined {
    if (names.length === 0) return undefined;
    const declared = names.flatMap((name) => this.#declared.get(name.toLowerCase()) ?? []);
    const lower = text.toLowerCase();
    const instance = this.#instances.find(({ text: own, tool }) => declared.includes(tool) && containsName(lower, own));
    return {
      name: declared[0]?.name ?? names[0]!,
      seen: seen ?? text.slice(0, 200),
      declared: [...new Set(declared)],
      instance: instance?.tool,
    };
  }

  #remember(kind: string, value: string, work: () => ToolMatch | undefined): ToolMatch | undefined {
    if (value.length > 4096) return undefined;
    const key = kind + value;
    const known = this.#memory.get(key);
    if (known !== undefined) return known === null ? undefined : known;
    if (this.#memory.size >= MEMORY) this.#memory.clear();
    const found = work();
    this.#memory.set(key, found ?? null);
    return found;
  }
}

// Whether a name stands in a text as a whole: `northgate.example` isn't in `notnorthgate.example`.
function containsName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1];
    const after = text[at + name.length];
    if ((before === undefined || !/[a-z0-9-]/.test(before)) && (after === undefined || !/[a-z0-9-]/.test(after)))
      return true;
  }
  return false;
}

function push(map: Map<string, string[]>, key: string, name: string): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [name]);
  else if (!list.includes(name)) list.push(name);
}
