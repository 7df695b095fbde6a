import { inert } from '../inert.ts';

/** Markup that is safe to put into a page as it stands. Made only by {@link html} and {@link markup}. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

/**
 * A page's only way in: every value that isn't already {@link Html} is made inert and escaped, for text and for quoted
 * attributes alike, so that no text from a log becomes markup however it is used.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  let text = strings[0];
  for (let i = 0; i < values.length; i++) text += render(values[i]) + strings[i + 1];
  return new Html(text);
}

/** Our own constant markup (style, script), never anything from outside. */
export function markup(text: string): Html {
  return new Html(text);
}

/** Escapes without touching line ends and tabs: for blocks that went through `inertBlock`. */
export function escaped(text: string): Html {
  return new Html(toEntities(text));
}

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return toEntities(inert(part));
  let text = '';
  for (const each of part) text += render(each);
  return text;
}

function toEntities(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
