import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useArrivals } from '../../api/live.ts';
import type { Finding } from '../../api/model.ts';
import { useNames } from '../../api/names.ts';
import { useOrganization } from '../../api/organization.tsx';
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

/** What the rules, indicators, terms and silences found, newest first, with the why beside it. */
export function FindingsRoom() {
  const { slug, api } = useOrganization();
  const [address, change] = useAddress();
  const { level, detector, provider, rule, search, held, open } = address;
  const found = useList<Finding>('/findings', { level, detector, provider, rule, search, held, limit: 200 });
  const known = useMemo(() => new Set(found.items.map(({ id }) => id)), [found.items]);
  const arrivals = useArrivals(known);
  const names = useNames();
  const columns = useMemo(() => findingColumns(names), [names]);
  const client = useQueryClient();
  const show = () => {
    arrivals.clear();
    void client.invalidateQueries({ queryKey: [api, 'findings'] });
  };
  const filtered = [level, detector, provider, rule, search, held].some((value) => value !== undefined);
  // where nothing stands nothing can jump
  const first = !filtered && found.isSuccess && found.items.length === 0 && arrivals.count > 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: shown once for each arrival
  useEffect(() => {
    if (first) void client.invalidateQueries({ queryKey: [api, 'findings'] });
  }, [first, arrivals.count]);
  const list = (
    <>
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
    </>
  );
  return (
    <Page
      title="Findings"
      acts={
        <span role="status" aria-live="polite">
          {arrivals.count > 0 && (
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
