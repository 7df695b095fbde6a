import type { Exception } from '../registry.ts';
import type { RegistryDocument } from '../schema.ts';
import { didYouMean } from '../suggest.ts';
import type { Zone } from '../zone.ts';
import { endOfDay, readDay } from './instant.ts';
import { findProvider, type ProviderDraft } from './providers.ts';
import type { RegistrySource } from './source.ts';

/** Checks other than terms that an exception may hold back. */
export const CHECKS = [
  'agreement',
  'expired',
  'employment',
  'shared-or-stolen',
  'edge-mismatch',
  'undeclared-account',
  'undeclared-tool',
  'other-instance',
  'made-by-provider',
] as const;

/** Reads the exceptions; one without a known term or a real end is set aside, so that it holds nothing back. */
export function readExceptions(
  source: RegistrySource,
  document: RegistryDocument['exceptions'],
  zone: Zone,
  drafts: readonly ProviderDraft[],
  now: number,
): Exception[] {
  const known = [...CHECKS, ...drafts.flatMap(({ provider }) => provider.terms.map((term) => term.key))];
  const exceptions: Exception[] = [];
  (document ?? []).forEach((exception, at) => {
    const path = ['exceptions', at];
    if (!known.some((key) => key === exception.term)) {
      source.report([...path, 'term'], {
        code: 'REGISTRY_REFERENCE',
        message: `There is no term or check "${exception.term}".`,
        mend: didYouMean(exception.term, known, `A term is named \`provider/id\`; checks are ${CHECKS.join(', ')}.`),
        setAside: path,
      });
      return;
    }
    const provider = exception.provider === undefined ? undefined : findProvider(drafts, exception.provider);
    if (exception.provider !== undefined && provider === undefined) {
      source.report([...path, 'provider'], {
        code: 'REGISTRY_REFERENCE',
        message: `No provider "${exception.provider}" is declared.`,
        mend: didYouMean(
          exception.provider,
          drafts.map((draft) => draft.provider.slug),
          'Name the slug of a provider.',
        ),
        setAside: path,
      });
      return;
    }
    const day = readDay(source, [...path, 'end'], exception.end, path);
    if (day === undefined) return;
    const end = endOfDay(zone, day);
    if (end < now)
      source.report([...path, 'end'], {
        severity: 'warning',
        code: 'REGISTRY_ADVICE',
        message: `This exception ended on ${exception.end}.`,
        mend: 'Remove it, or renew it with a new reason.',
      });
    exceptions.push({
      term: exception.term,
      account: exception.account,
      host: exception.host,
      provider: provider?.provider.slug,
      owner: exception.owner,
      reason: exception.reason,
      end,
      line: source.place(path).line,
    });
  });
  return exceptions;
}
