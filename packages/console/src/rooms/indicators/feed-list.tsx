import { useQueryClient } from '@tanstack/react-query';
import { call } from '../../api/client.ts';
import type { Feed } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useList } from '../../api/reading.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { PastRuns } from '../../parts/past-runs.tsx';
import { Ready } from '../../parts/ready.tsx';
import { DataTable } from '../../table/data-table.tsx';
import { FeedForm } from './feed-form.tsx';
import { FeedImport } from './feed-import.tsx';

const kindWords: Readonly<Record<Feed['kind'], string>> = {
  manual: 'files by hand',
  taxii: 'TAXII 2.1',
  misp: 'MISP',
  stix: 'STIX 2.1',
  csv: 'CSV',
};

/** Where indicators come from. */
export function FeedList() {
  const { api, mayChange } = useOrganization();
  const client = useQueryClient();
  const feeds = useList<Feed>('/indicator-feeds', { limit: 200 });
  const again = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: [api, 'indicator-feeds'] }),
      client.invalidateQueries({ queryKey: [api, 'indicators'] }),
    ]);
  const pull = (id: string) => call('POST', `${api}/indicator-feeds/${id}/pull`, { body: {} }).then(again);
  const turn = (id: string, enabled: boolean) =>
    call('PATCH', `${api}/indicator-feeds/${id}`, { body: { enabled } }).then(again);
  const remove = (id: string) => call('DELETE', `${api}/indicator-feeds/${id}`).then(again);
  return (
    <div className="stack">
      <Ready of={feeds}>
        {() => (
          <DataTable
            name="feeds"
            rows={feeds.items}
            rowKey={({ id }) => id}
            empty="None yet. Without feeds, rules and terms still find; only known-bad values are not looked for."
            columns={[
              { id: 'feed-name', title: 'Feed', value: ({ name }) => name },
              { id: 'feed-kind', title: 'Kind', value: ({ kind }) => kindWords[kind] },
              {
                id: 'pulled',
                title: 'Last pull',
                value: ({ last_pull_at }) => last_pull_at ?? '',
                show: ({ last_pull_at }) => <Moment at={last_pull_at} none="never" />,
              },
              { id: 'feed-state', title: 'State', value: ({ enabled }) => (enabled ? 'on' : 'off') },
              { id: 'error', title: 'Trouble', value: ({ last_error }) => last_error ?? '', wrap: true },
              {
                id: 'acts',
                title: 'Do',
                value: () => '',
                show: (feed) => {
                  const { id, kind, enabled } = feed;
                  return (
                    mayChange && (
                      <span className="acts">
                        <DialogButton label="Change" title={`Change ${feed.name}`} small>
                          {(close) => (
                            <FeedForm
                              feed={feed}
                              done={() => {
                                void again();
                                close();
                              }}
                            />
                          )}
                        </DialogButton>
                        {kind !== 'manual' && <ActButton label="Pull now" act={() => pull(id)} />}
                        <ActButton label={enabled ? 'Switch off' : 'Switch on'} act={() => turn(id, !enabled)} />
                        <ActButton label="Remove" sure="Really: its indicators go too" act={() => remove(id)} />
                      </span>
                    )
                  );
                },
              },
            ]}
          />
        )}
      </Ready>
      <PastRuns of={({ kind }) => kind === 'feed'} />
      {mayChange && feeds.items.length > 0 && <FeedImport feeds={feeds.items} done={() => void again()} />}
      {mayChange && (
        <section className="stack close">
          <h2>New feed</h2>
          <FeedForm done={() => void again()} />
        </section>
      )}
    </div>
  );
}
