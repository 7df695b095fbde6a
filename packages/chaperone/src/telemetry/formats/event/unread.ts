import type { Place, Unread } from '../../event.ts';

/** Says why one record couldn't be read; the rest of the file goes on. */
export function unread(place: Place, code: string, message: string, mend: string): Unread {
  return {
    kind: 'unread',
    code,
    message,
    mend,
    file: place.file,
    record: place.record,
    ...(place.offset === undefined ? {} : { offset: place.offset }),
  };
}
