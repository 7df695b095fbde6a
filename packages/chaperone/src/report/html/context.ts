import type { Level } from '@chaperone/sigma';
import type { ScanResult } from '../../detection/index.ts';
import { cut } from '../inert.ts';
import { number } from '../words.ts';
import type { ZoneClock } from '../zone-clock.ts';
import { type Html, html, markup } from './html.ts';
import type { Listing } from './listing.ts';

/** What every section of the page is given. */
export interface Context {
  readonly result: ScanResult;
  readonly clock: ZoneClock;
  readonly listing: Listing;
}

/** A time in the organisation's zone; hovering shows UTC. A dash and its meaning where there is none. */
export function timeOf(iso: string | null | undefined, { clock }: Pick<Context, 'clock'>): Html {
  if (iso === null || iso === undefined) return html`<span class="none">none stated</span>`;
  return html`<time datetime="${cut(iso, 40)}" title="${`${cut(iso, 40)} (UTC)`}">${clock.at(cut(iso, 40))}</time>`;
}

/** A level in words, with its colour; with a number where there is one. */
export function levelOf(level: Level, count?: number): Html {
  return html`<span class="level ${level}">${level}${count === undefined ? '' : html` <span class="of">${number(count)}</span>`}</span>`;
}

/** A name from a log or a registry, cut to a sane length. */
export function nameOf(name: string | null | undefined, none: string): Html {
  if (name === null || name === undefined || name === '') return html`<span class="none">${none}</span>`;
  // a long name breaks where its parts meet, not in the middle of a word
  const parts = cut(name, 200).split(/(?<=[\\/@.])(?=.)/);
  return html`<span class="name">${parts.map((part, i) => html`${i > 0 ? markup('<wbr>') : ''}${part}`)}</span>`;
}

/** A section with its heading; `id` is where the navigation points. */
export function section(id: string, title: string, body: Html | readonly Html[], lead?: Html | string): Html {
  return html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${title}</h2>${
    lead === undefined ? '' : html`<p class="lead">${lead}</p>`
  }${body}</section>\n`;
}

/** A heading of a column of numbers. */
export function figures(heading: string): Html {
  return html`<th scope="col" class="n">${heading}</th>`;
}

/**
 * A table in a box that scrolls sideways on a narrow screen and can be reached by keyboard. The caption is for those who
 * hear the page; `shown` for a section that has several tables.
 */
export function table(
  caption: string,
  head: readonly (string | Html)[],
  rows: readonly Html[],
  { more, shown = false }: { more?: string; shown?: boolean } = {},
): Html {
  const headings = head.map((cell) => (typeof cell === 'string' ? html`<th scope="col">${cell}</th>` : cell));
  return html`<div class="scroll" role="group" aria-label="${caption}" tabindex="0"><table data-sortable><caption class="${shown ? 'shown' : 'heard'}">${caption}</caption><thead><tr>${headings}</tr></thead><tbody>\n${rows.map(
    (row) => html`<tr>${row}</tr>\n`,
  )}</tbody></table></div>${more === undefined ? '' : html`<p class="more">${more}</p>`}\n`;
}
