import { inert, inertBlock } from '../../../chaperone/src/report/inert.ts';
import { Scrolls } from './scrolls.tsx';

/** Text from a log on one line: only ever text, with what hides or turns writing spelt out. */
export function LogText({ text }: { readonly text: string | null | undefined }) {
  return <>{inert(text ?? '')}</>;
}

/** A block of raw text with its line ends; `keep`: its lines are as long as they are. */
export function LogBlock({
  text,
  label,
  keep,
}: {
  readonly text: string;
  readonly label: string;
  readonly keep?: boolean;
}) {
  return (
    <Scrolls label={label}>
      <pre className={keep ? 'block keep' : 'block'}>{inertBlock(text)}</pre>
    </Scrolls>
  );
}
