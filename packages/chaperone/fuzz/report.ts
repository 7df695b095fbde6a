import { csvCell } from '../src/report/csv.ts';
import { reportPage } from '../src/report/html/page.ts';
import { inert, inertBlock } from '../src/report/index.ts';
import { sampleResult } from '../testkit/sample-result.ts';

const encoder = new TextEncoder();

const quiet = sampleResult({ scale: 0.001, poison: () => 'quiet' });
const headings = [...reportPage(quiet, { zone: 'UTC', beside: [] })].join('').match(/<h2/g)?.length;

/** Whatever text stands in a log: nothing acts in a terminal, a sheet or the page, and the page keeps its structure. */
export default {
  name: 'report',
  seeds(): Uint8Array[] {
    return [
      '<script>alert(1)</script>',
      '"><img src=x onerror=alert(1)>',
      '</style></script></title><!--',
      '=HYPERLINK("x")',
      '\u001b[2J\u202e\u2066\u0000\u009b',
      'CLINIC\\msp-adm',
      'e\u0301\u0301\u0301\u0301\u0301\u0301',
    ].map((text) => encoder.encode(text));
  },
  run(data: Uint8Array): void {
    for (const encoding of ['utf-8', 'utf-16le'] as const) {
      const text = new TextDecoder(encoding).decode(data);
      if (/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(inert(text))) throw new Error('inert: something acts');
      if (/[^\P{Cc}\n\t]/u.test(inertBlock(text))) throw new Error('inertBlock: something acts');
      if (/^"?[=+\-@\t\r]/.test(csvCell(text))) throw new Error('csv: a formula');
      const result = sampleResult({ scale: 0.001, poison: () => text });
      const page = [...reportPage(result, { zone: 'UTC', beside: [] })].join('');
      if (page.match(/<script/gi)?.length !== 1 || page.match(/<style/gi)?.length !== 1)
        throw new Error('page: markup from text');
      if (page.match(/<!--/) !== null) throw new Error('page: a comment from text');
      if (page.match(/<h2/g)?.length !== headings) throw new Error('page: its structure changed');
    }
  },
};
