import { TokenList } from '../tokens/token-list.tsx';

/** Ingest tokens of this source. */
export function SourceTokens({ id }: { readonly id: string }) {
  return <TokenList path={`/sources/${id}/tokens`} ingest />;
}
