/**
 * Encodings of a literal text. A text that went through `wide` or another UTF-16 is carried as one character per byte
 * (0 to 255), which is also how a log that was read byte by byte shows it; base64 then encodes those bytes. A text that
 * didn't is UTF-8 to base64.
 */
export type Utf16 = 'utf16le' | 'utf16be' | 'utf16';

/** UTF-16 bytes of a text, one character per byte; `utf16` is little endian behind a byte order mark. */
export function encodeUtf16(text: string, form: Utf16): string {
  const bytes = Buffer.from(text, 'utf16le');
  if (form === 'utf16be') bytes.swap16();
  const body = bytes.toString('latin1');
  return form === 'utf16' ? `\u00ff\u00fe${body}` : body;
}

/** Base64 with padding. `bytewise` says that the text is one character per byte. */
export function encodeBase64(text: string, bytewise: boolean): string {
  return Buffer.from(text, bytewise ? 'latin1' : 'utf8').toString('base64');
}

/*
 * Base64 turns three bytes into four characters, so how a text appears inside an encoded whole depends on how many
 * bytes stand before it, modulo three. For each of the three offsets, encode with that many bytes in front and cut what
 * depends on the neighbours: at the front the characters that hold bits of the bytes before (0, 2 or 3 of them), at the
 * end those that would hold bits of the bytes behind (3 characters incl. padding for one byte left over, 2 for two).
 *
 *   "foobar" at offset 1:  .foobar -> LmZvb2Jhcg== -> cut 2 in front, 3 behind -> "Zvb2Jhc"
 */
const CUT_FRONT = [0, 2, 3];
const CUT_BACK = [0, 3, 2];

/** The three texts of which one stands in any base64 whose plain text contains this one. */
export function encodeBase64Offsets(text: string, bytewise: boolean): string[] {
  const bytes = Buffer.from(text, bytewise ? 'latin1' : 'utf8');
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset, 0x20), bytes]).toString('base64');
    return whole.slice(CUT_FRONT[offset], whole.length - CUT_BACK[(bytes.length + offset) % 3]);
  });
}
