import type { Shipper } from '../../api/model.ts';
import { useThing } from '../../api/reading.ts';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Note } from '../../parts/note.tsx';
import { Ready } from '../../parts/ready.tsx';
import { Scrolls } from '../../parts/scrolls.tsx';
import { TabSet } from '../../parts/tab-set.tsx';

/** The exact configuration for each shipper that can send to this source. */
export function Shippers({ id }: { readonly id: string }) {
  return (
    <Ready of={useThing<{ items: Shipper[] }>(`/sources/${id}/shippers`)}>
      {({ items }) =>
        items.length === 0 ? (
          <Note>Nothing is to be configured: files are uploaded, or pulled by Chaperone.</Note>
        ) : (
          <TabSet
            label="Shippers"
            at="shipper"
            tabs={items.map(({ name, title, configuration, note }) => [
              name,
              title,
              () => (
                <div className="stack close">
                  {note !== undefined && <p>{note}</p>}
                  <p className="quiet">Put a token of this source (tab Tokens) where YOUR-INGEST-TOKEN stands.</p>
                  <Scrolls label={`configuration for ${title}`}>
                    <pre className="block keep">{configuration}</pre>
                  </Scrolls>
                  <CopyButton text={configuration} label="configuration" />
                </div>
              ),
            ])}
          />
        )
      }
    </Ready>
  );
}
