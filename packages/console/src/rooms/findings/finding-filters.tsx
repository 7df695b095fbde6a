import { FilterBar } from '../../table/filter-bar.tsx';

export function FindingFilters() {
  return (
    <FilterBar
      search="Account, host, address, rule or words of the why"
      choices={[
        ['level', 'Level', ['critical', 'high', 'medium', 'low', 'informational']],
        ['detector', 'Detector', ['rule', 'correlation', 'indicator', 'term', 'change', 'silence']],
        ['held', 'Held back by exceptions', [['true', 'only these']], 'left out'],
      ]}
      texts={[['provider', 'Provider']]}
    />
  );
}
