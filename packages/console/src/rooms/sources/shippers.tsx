import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Shipper } from '../../api/model.ts';
import { useOrganization } from '../../api/organization.tsx';
import { useThing } from '../../api/reading.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { DialogButton } from '../../parts/dialog-button.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';
import { Scrolls } from '../../parts/scrolls.tsx';
import { TabSet } from '../../parts/tab-set.tsx';
import { TokenForm } from '../tokens/token-form.tsx';

/** Stands in a configuration where the token belongs. */
const place = 'YOUR-INGEST-TOKEN';

/** The exact configuration for each shipper that can send to this source; with a new token, where one is made here. */
export function Shippers({ id }: { readonly id: string }) {
  const [token, setToken] = useState<string>();
  return (
    <Ready of={useThing<{ items: Shipper[] }>(`/sources/${id}/shippers`)}>
      {({ items }) =>
        items.length === 0 ? (
          <Note>Nothing is to be configured: files are uploaded, or fetched by Chaperone.</Note>
        ) : (
          <TabSet
            label="Shippers"
            at="shipper"
            tabs={items.map(({ name, title, configuration, note }) => [
              name,
              title,
              () => (
                <div className="stack close">
                  {note !== undefined && <p className="measure">{note}</p>}
                  {configuration.includes(place) ? (
                    <TokenWords id={id} token={token} made={setToken} />
                  ) : (
                    <p className="measure">
                      Syslog knows no tokens: say under “Addresses and certificates” from which address, or with which
                      certificate, this source sends.
                    </p>
                  )}
                  <Scrolls label={`configuration for ${title}`}>
                    <pre className="block keep">{configuration.replaceAll(place, token ?? place)}</pre>
                  </Scrolls>
                  <CopyButton text={configuration.replaceAll(place, token ?? place)} label="configuration" />
                </div>
              ),
            ])}
          />
        )
      }
    </Ready>
  );
}

interface TokenProps {
  readonly id: string;
  readonly token: string | undefined;
  readonly made: (token: string) => void;
}

function TokenWords({ id, token, made }: TokenProps) {
  const { api, mayAdminister } = useOrganization();
  const client = useQueryClient();
  if (token !== undefined)
    return <Note tone="good">Your new token stands in the configuration. It is shown this once: copy it now.</Note>;
  if (!mayAdminister)
    return <p className="quiet">An administrator gives you the token that belongs where {place} stands.</p>;
  return (
    <div className="acts">
      <DialogButton label="Make a token and put it in" title="A token for this shipper">
        {(close) => (
          <TokenForm
            path={`/sources/${id}/tokens`}
            ingest
            done={(secret) => {
              made(secret);
              void client.invalidateQueries({ queryKey: [api] });
              close();
            }}
          />
        )}
      </DialogButton>
      <span className="quiet">Or put one that you have where {place} stands.</span>
    </div>
  );
}
