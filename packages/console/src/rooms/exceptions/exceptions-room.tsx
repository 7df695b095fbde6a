import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call } from '../../api/client.ts';
import type { Exception } from '../../api/model.ts';
import { useNames } from '../../api/names.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useProviders } from '../../api/providers.ts';
import { useList } from '../../api/reading.ts';
import { ActButton } from '../../parts/act-button.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Page } from '../../parts/page.tsx';
import { Ready } from '../../parts/ready.tsx';
import { useAddress } from '../../table/address.ts';
import { DataTable } from '../../table/data-table.tsx';
import { ExceptionForm } from './exception-form.tsx';
import { RuleTitle } from './rule-title.tsx';
import { whatIsHeldBack } from './what-is-held-back.ts';

/** Detectors whose findings name a rule that has a page. */
const ofRules: readonly (string | null)[] = [null, 'rule', 'correlation'];

/** Decisions to hold findings back: whose, why, until when, and how many it were. */
export function ExceptionsRoom() {
  const { api, mayChange } = useOrganization();
  const [{ open }] = useAddress();
  const client = useQueryClient();
  const [things, providers] = [useNames(), useProviders()];
  const names = useMemo(() => new Map([...things, ...providers]), [things, providers]);
  const exceptions = useList<Exception>('/exceptions', { limit: 200 });
  const again = () => client.invalidateQueries({ queryKey: [api, 'exceptions'] });
  const end = (id: string) => call('POST', `${api}/exceptions/${id}/end`, { body: {} }).then(again);
  return (
    <Page
      title="Exceptions"
      about="An exception holds findings back without deleting them. It has an owner, a reason and an end, and survives updates of the rules."
      acts={
        mayChange && (
          <DialogButton label="New exception" title="New exception" main>
            {(close) => (
              <ExceptionForm
                done={() => {
                  void again();
                  close();
                }}
              />
            )}
          </DialogButton>
        )
      }
    >
      <Ready of={exceptions}>
        {() => (
          <DataTable
            name="exceptions"
            rows={exceptions.items}
            rowKey={({ id }) => id}
            picked={open}
            more={exceptions.more}
            empty="None. Every finding is shown. Open a finding and choose “Make an exception from this” where it is agreed and expected."
            columns={[
              {
                id: 'what',
                title: 'Holds back',
                value: (row) => whatIsHeldBack(row, names),
                wrap: true,
                show: (row) =>
                  row.rule_id === null || !ofRules.includes(row.detector) ? (
                    whatIsHeldBack(row, names)
                  ) : (
                    <>
                      <RuleTitle id={row.rule_id} />: {whatIsHeldBack({ ...row, rule_id: null, detector: null }, names)}
                    </>
                  ),
              },
              { id: 'reason', title: 'Reason', value: ({ reason }) => reason, wrap: true },
              { id: 'owner', title: 'Owner', value: ({ owner }) => owner },
              {
                id: 'ends',
                title: 'Ends',
                value: ({ ended_at, ends_at }) => ended_at ?? ends_at,
                show: ({ ended_at, ends_at }) => <Moment at={ended_at ?? ends_at} />,
              },
              { id: 'state', title: 'State', value: stateOf },
              { id: 'held', title: 'Held back', value: ({ held_back }) => held_back, end: true },
              {
                id: 'end',
                title: 'End it',
                value: () => '',
                show: (row) =>
                  mayChange && stateOf(row) === 'in force' ? (
                    <ActButton label="End now" sure="Really end it" act={() => end(row.id)} />
                  ) : null,
              },
            ]}
          />
        )}
      </Ready>
    </Page>
  );
}

function stateOf({ ended_at, ends_at }: Exception): string {
  return ended_at !== null ? 'ended early' : Date.parse(ends_at) < Date.now() ? 'run out' : 'in force';
}
