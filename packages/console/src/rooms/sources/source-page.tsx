import { useParams } from '@tanstack/react-router';
import type { Source } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { TabSet } from '../../parts/tab-set.tsx';
import { Bindings } from './bindings.tsx';
import { Fetching } from './fetching.tsx';
import { FirstEvent } from './first-event.tsx';
import { HealthWord } from './health-word.tsx';
import { LastFetch } from './last-fetch.tsx';
import { Masking } from './masking.tsx';
import { Problems } from './problems.tsx';
import { Shippers } from './shippers.tsx';
import { SourceChange } from './source-change.tsx';
import { SourceFacts } from './source-facts.tsx';
import { SourceTokens } from './source-tokens.tsx';
import { Upload } from './upload.tsx';
import { VolumeChart } from './volume-chart.tsx';

/** One source: how it is, what couldn't be read, and how to point a shipper here. */
export function SourcePage() {
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const { mayAdminister } = useOrganization();
  const source = useThing<Source>(`/sources/${id}`, undefined, 5_000);
  return (
    <Ready of={source}>
      {(found) => (
        <Page title={found.name} about={<HealthWord source={found} />}>
          <div className="stack">
            <LastFetch source={found} />
            <FirstEvent source={found} />
            <SourceFacts source={found} />
            <TabSet label="About this source" tabs={tabsOf(found, mayAdminister)} />
          </div>
        </Page>
      )}
    </Ready>
  );
}

type Tabs = Parameters<typeof TabSet>[0]['tabs'];

/** What there is to see and to set, which depends on how the logs arrive and on what the reader may do. */
function tabsOf(source: Source, mayAdminister: boolean): Tabs {
  const { id, kind } = source;
  const fetched = kind === 'pull' || kind === 'folder';
  const sent = !fetched && kind !== 'upload';
  const tabs: (Tabs[number] | false)[] = [
    fetched && ['fetching', 'From where', () => <Fetching source={source} />],
    kind === 'upload' && ['upload', 'Upload files', () => <Upload id={id} />],
    sent && ['shipper', 'How do I point my shipper here', () => <Shippers id={id} />],
    sent && mayAdminister && ['tokens', 'Tokens', () => <SourceTokens id={id} />],
    sent && ['bindings', 'Addresses and certificates', () => <Bindings id={id} />],
    ['problems', 'Problems', () => <Problems id={id} />],
    ['volume', 'Volume', () => <VolumeChart id={id} />],
    mayAdminister && ['masking', 'Masking', () => <Masking source={source} />],
    mayAdminister && ['change', 'Change', () => <SourceChange source={source} />],
    kind !== 'upload' && ['upload', 'Upload files', () => <Upload id={id} />],
  ];
  return tabs.filter((tab) => tab !== false);
}
