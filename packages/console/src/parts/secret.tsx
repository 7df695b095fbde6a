import { CopyButton } from './copy-button.tsx';

/** Something shown once, with a button that copies it. */
export function Secret({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="stack close">
      <div className="secret">
        <code>{text}</code>
      </div>
      <CopyButton text={text} label={label} />
    </div>
  );
}
