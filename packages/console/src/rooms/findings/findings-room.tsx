import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useArrivals } from '../../api/live.ts';
import type { Finding } from '../../api/model.ts';
import { useNames } from '../../api/names.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useProviders } from '../../api/providers.ts';
import { useList } from '../../api/reading.ts';
import { count } from '../../parts/count.ts';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { useAddress } from '../../table/address.ts';
import { DataTable } from '../../table/data-table.tsx';
import { Split } from '../../table/split.tsx';
import { findingColumns } from './finding-columns.tsx';
import { FindingFilters } from './finding-filters.tsx';
import { FindingView } from './finding-view.tsx';
import { useFirstArrivals } from './first-arrivals.ts';

/** What the rules, indicators, terms and silences found, newest first, with the why beside it. */
export function FindingsRoom() {
  const { slug, api } = useOrganization();
  const [address, change] = useAddress();
  const { level, detector, provider, rule, search, held, open } = address;
  const found = useList<Finding>('/findings', { level, detector, provider, rule, search, held, limit: 200 });
  const known = useMemo(() => new Set(found.items.map(({ id }) => id)), [found.items]);
  const arrivals = useArrivals(known);
  const names = useNames();
  const providers = useProviders();
  const columns = useMemo(() => findingColumns(names, providers), [names, providers]);
  const client = useQueryClient();
  const show = () => {
    arrivals.clear();
    void client.invalidateQueries({ queryKey: [api, 'findings'] });
  };
  const filtered = [level, detector, provider, rule, search, held].some((value) => value !== undefined);
  const [touched, touch] = useFirstArrivals(!filtered && found.isSuccess, found.items.length, arrivals.count, show);
  const list = (
    // biome-ignore lint/a11y/noStaticElementInteractions: only notices that the list is being used
    <div onPointerDown={touch} onKeyDown={touch} onFocus={touch}>
      <FindingFilters />
      <Ready of={found}>
        {() => (
          <DataTable
            name="findings"
            rows={found.items}
            rowKey={({ id }) => id}
            columns={columns}
            picked={open}
            open={({ id }) => change({ open: id })}
            more={found.more}
            empty={
              filtered ? (
                'Nothing was found that fits these filters.'
              ) : (
                <>
                  Nothing was found yet. Findings come when a source sends logs:{' '}
                  <a href={`#/o/${slug}/sources`}>look which sources send</a> and{' '}
                  <a href={`#/o/${slug}/rules?blind=true`}>which rules are blind</a>.
                </>
              )
            }
          />
        )}
      </Ready>
    </div>
  );
  return (
    <Page
      title="Findings"
      acts={
        <span role="status" aria-live="polite">
          {arrivals.count > 0 && touched && (
            <button type="button" className="button main-act" onClick={show}>
              {count(arrivals.count, 'new finding')}, show
            </button>
          )}
        </span>
      }
    >
      <Split
        list={list}
        pane={open === undefined ? undefined : <FindingView id={open} key={open} />}
        page={open === undefined ? undefined : `#/o/${slug}/findings/${open}`}
      />
    </Page>
  );
}
