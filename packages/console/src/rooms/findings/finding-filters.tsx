import { useProviders } from '../../api/providers.ts';
import { FilterBar } from '../../table/filter-bar.tsx';

export function FindingFilters() {
  const providers = [...useProviders()];
  return (
    <FilterBar
      search="Account, host, address, rule or words of the why"
      choices={[
        ['level', 'Level', ['critical', 'high', 'medium', 'low', 'informational']],
        ['detector', 'Detector', ['rule', 'correlation', 'indicator', 'term', 'change', 'silence']],
        ['held', 'Held back by exceptions', [['true', 'only these']], 'left out'],
        ...(providers.length > 0 ? [['provider', 'Provider', providers] as const] : []),
      ]}
      texts={providers.length > 0 ? [] : [['provider', 'Provider']]}
    />
  );
}
