import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { advise } from './load/advice.ts';
import { readExceptions } from './load/exceptions.ts';
import { readNetworks } from './load/networks.ts';
import { readOrganization } from './load/organization.ts';
import { hostPattern } from './load/provider-parts.ts';
import { type ProviderDraft, readProviders } from './load/providers.ts';
import { checkShape } from './load/shape.ts';
import { RegistrySource } from './load/source.ts';
import { readTerms } from './load/terms.ts';
import { readTickets } from './load/tickets.ts';
import type { RegistryProblem } from './problem.ts';
import type { Provider, Registry, System } from './registry.ts';
import { LIMITS, type RegistryDocument } from './schema.ts';

export interface LoadOptions {
  /** milliseconds since 1970: against what "ended" is said; now by default */
  readonly now?: number;
  /** gives the text of a ticket CSV named in the file; without it such a file can't be read, which is reported */
  readonly read?: (path: string) => string | undefined;
}

export interface LoadedRegistry {
  /** absent when nothing useful could be read: the file is no YAML, or has no organisation or no zone */
  readonly registry?: Registry;
  /** in order of line */
  readonly problems: readonly RegistryProblem[];
}

/**
 * Reads the text of a chaperone.yaml. Mistakes never throw: each is a problem with line, column and mend. A mistaken item is set aside and the
 * rest is used; only without a readable document, an organisation and its zone there is no registry.
 *
 * @example
 * const { registry, problems } = loadRegistry('organization: {name: Lakeside Clinic, zone: Europe/Berlin}', 'chaperone.yaml');
 */
export function loadRegistry(text: string, file: string, options: LoadOptions = {}): LoadedRegistry {
  const source = new RegistrySource(text, file);
  const document = checkShape(source);
  const registry = document === undefined ? undefined : compile(source, document, options);
  const problems = [...source.problems].sort((a, b) => a.line - b.line || a.column - b.column);
  return registry === undefined ? { problems } : { registry, problems };
}

/** Reads a registry from disk, with the ticket file that it may name beside it. */
export function loadRegistryFile(path: string, options: LoadOptions = {}): LoadedRegistry {
  const unreadable = (message: string, mend: string): LoadedRegistry => ({
    problems: [
      {
        severity: 'error',
        fatal: true,
        code: 'REGISTRY_NOT_YAML',
        message,
        mend,
        file: path,
        line: 1,
        column: 1,
        path: '',
      },
    ],
  });
  let text: string;
  try {
    if (statSync(path).size > LIMITS.bytes)
      return unreadable(`The file is larger than ${LIMITS.bytes / 1e6} MB.`, 'Check that this is the right file.');
    text = readFileSync(path, 'utf8').replace(/^\ufeff/, '');
  } catch (error) {
    return unreadable(
      `The file can't be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}.`,
      'Check the path and its permissions.',
    );
  }
  const read = (name: string) => {
    // A registry is sent around by mail: it may name a file beside it, and none elsewhere.
    const inner = normalize(name);
    if (isAbsolute(inner) || inner.startsWith('..')) return undefined;
    const full = join(dirname(path), inner);
    return statSync(full).size > LIMITS.bytes * 2 ? undefined : readFileSync(full, 'utf8');
  };
  return loadRegistry(text, path, { read, ...options });
}

function compile(source: RegistrySource, document: RegistryDocument, options: LoadOptions): Registry | undefined {
  const now = options.now ?? Date.now();
  const parts = readOrganization(source, document.organization);
  if (parts === undefined) return undefined;
  const { zone } = parts.organization;
  const systems = readSystems(source, document);
  const { drafts, accounts } = readProviders(source, document, parts);
  for (const draft of drafts) draft.provider.terms = readTerms(source, draft, { parts, systems, drafts });
  const tickets = readTickets(source, document.tickets, { zone, drafts, systems, read: options.read });
  const exceptions = readExceptions(source, document.exceptions, zone, drafts, now);
  advise(source, drafts, zone, now);
  return {
    file: source.file,
    organization: parts.organization,
    providers: drafts.map((draft: ProviderDraft) => draft.provider as Provider),
    accounts,
    systems,
    tickets,
    exceptions,
  };
}

function readSystems(source: RegistrySource, document: RegistryDocument): System[] {
  const systems: System[] = [];
  (document.systems ?? []).forEach((system, at) => {
    const path = ['systems', at];
    if (systems.some((other) => other.name.toLowerCase() === system.name.toLowerCase())) {
      source.report([...path, 'name'], {
        code: 'REGISTRY_DUPLICATE',
        message: `System "${system.name}" stands in the file twice.`,
        mend: 'Put both together.',
        setAside: path,
      });
      return;
    }
    const networks = readNetworks(source, [...path, 'networks'], system.networks).filter(
      (range) => range !== undefined,
    );
    // A system named like its only host needs no list of hosts.
    const hosts = system.hosts ?? (system.networks === undefined && system.cloud === undefined ? [system.name] : []);
    systems.push({
      name: system.name,
      hosts: hosts.map(hostPattern),
      networks,
      cloud: system.cloud ?? [],
      clinical: system.clinical === true,
      patientData: system.patient_data === true,
    });
  });
  return systems;
}
