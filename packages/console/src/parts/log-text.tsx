import { inert, inertBlock } from '../../../chaperone/src/report/inert.ts';
import { Scrolls } from './scrolls.tsx';

/** Text from a log on one line: only ever text, with what hides or turns writing spelt out. */
export function LogText({ text }: { readonly text: string | null | undefined }) {
  return <>{inert(text ?? '')}</>;
}

/** A block of raw text with its line ends. */
export function LogBlock({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <Scrolls label={label}>
      <pre className="block">{inertBlock(text)}</pre>
    </Scrolls>
  );
}
