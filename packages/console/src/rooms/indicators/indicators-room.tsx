import { Page } from '../../parts/page.tsx';
import { TabSet } from '../../parts/tab-set.tsx';
import { FeedList } from './feed-list.tsx';
import { IndicatorList } from './indicator-list.tsx';

export function IndicatorsRoom() {
  return (
    <Page
      title="Indicators"
      about="Addresses, names and hashes that others saw in attacks. A hit alone is weak, and its finding says so."
    >
      <TabSet
        label="Indicators and feeds"
        tabs={[
          ['indicators', 'Indicators', () => <IndicatorList />],
          ['feeds', 'Feeds', () => <FeedList />],
        ]}
      />
    </Page>
  );
}
