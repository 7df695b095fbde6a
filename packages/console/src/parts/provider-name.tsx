import { useProviders } from '../api/providers.ts';
import { LogText } from './log-text.tsx';

/** A provider by its name in the registry; by its short name where the registry doesn't know it any more. */
export function ProviderName({ slug }: { readonly slug: string }) {
  return <LogText text={useProviders().get(slug) ?? slug} />;
}
