import type { Unread } from './event.ts';

/** Codes of what can't be read, stable: they stand in summary.json and in the documentation. */
export type UnreadCode =
  | 'not_found'
  | 'no_permission'
  | 'not_a_file'
  | 'link_loop'
  | 'read_failed'
  | 'file_empty'
  | 'file_shrank'
  | 'file_changed'
  | 'folder_too_deep'
  | 'archive_damaged'
  | 'archive_truncated'
  | 'archive_encrypted'
  | 'archive_method'
  | 'archive_bomb'
  | 'archive_too_deep'
  | 'archive_too_large'
  | 'format_unknown'
  | 'format_binary'
  | 'text_invalid'
  | 'record_too_long'
  | 'record_unrecognised'
  | 'json_invalid'
  | 'json_too_deep'
  | 'json_truncated'
  | 'xml_invalid'
  | 'xml_dtd'
  | 'xml_truncated'
  | 'decode_failed';

/** An {@link Unread} with a known code. `stop` says that nothing more comes from the file; `records: 0` that no record was lost. */
export function unread(
  code: UnreadCode,
  file: string,
  message: string,
  mend: string,
  more: Partial<Pick<Unread, 'record' | 'offset' | 'records' | 'stop'>> = {},
): Unread {
  return { kind: 'unread', code, message, mend, file, ...more };
}

/**
 * Log text made fit to stand inside a message: cut, and its control and formatting characters shown as escapes, so that a
 * terminal, an editor or a log viewer takes no orders from it.
 */
export function inert(text: string, limit = 120): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}
