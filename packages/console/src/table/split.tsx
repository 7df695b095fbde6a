import type { ReactNode } from 'react';
import { useAddress } from './address.ts';

interface Props {
  readonly list: ReactNode;
  /** what is selected, or undefined */
  readonly pane: ReactNode | undefined;
  /** a page of its own for it */
  readonly page?: string;
}

/** A list, and on its right the thing selected in it. Escape closes it. */
export function Split({ list, pane, page }: Props) {
  const [, change] = useAddress();
  const close = () => {
    change({ open: '' });
    requestAnimationFrame(() => document.querySelector<HTMLElement>('tr.picked [data-row], [data-row]')?.focus());
  };
  return (
    <div className={pane === undefined ? 'split' : 'split open'}>
      <div className="list-side">{list}</div>
      {pane !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
        <section className="pane" aria-label="Selected" tabIndex={0} onKeyDown={(e) => e.key === 'Escape' && close()}>
          <div className="pane-head">
            {page === undefined ? <span /> : <a href={page}>Open as a page</a>}
            <button type="button" className="button small" onClick={close}>
              Close
            </button>
          </div>
          {pane}
        </section>
      )}
    </div>
  );
}
