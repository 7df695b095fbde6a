import { useOrganization } from '../api/organization.tsx';
import { clockIn } from './clock.ts';

interface Props {
  /** RFC 3339, UTC */
  readonly at: string | null | undefined;
  /** where there is none, e.g. `never` */
  readonly none?: string;
  /** as the source wrote it */
  readonly written?: string;
}

/** A time in the organisation's zone; UTC and the source's own text on hover. */
export function Moment({ at, none = '', written }: Props) {
  const { zone } = useOrganization();
  if (at === null || at === undefined) return <span className="quiet">{none}</span>;
  const more = [`${at.replace('T', ' ').replace('Z', '')} UTC`, written === undefined ? '' : `as written: ${written}`];
  return (
    <time dateTime={at} title={more.filter((line) => line !== '').join('\n')}>
      {clockIn(zone, at)}
    </time>
  );
}
