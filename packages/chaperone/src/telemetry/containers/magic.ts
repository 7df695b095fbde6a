export type ContainerKind = 'gzip' | 'zstd' | 'zip';

/** The packing that these first bytes announce, whatever the file's name says (RFC 1952, RFC 8878, APPNOTE 4.3). */
export function containerKind(head: Uint8Array): ContainerKind | undefined {
  if (head.length < 4) return undefined;
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b && c === 0x08) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  // A skippable frame may come first: 0x184D2A50 to 0x184D2A5F, little endian
  if ((a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18) return 'zstd';
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6) || (c === 7 && d === 8))) return 'zip';
  return undefined;
}

/** AppleDouble: the resource forks that macOS adds to a zip beside the files (`__MACOSX/._name`). They hold no logs. */
export function isAppleDouble(head: Uint8Array): boolean {
  return head.length >= 4 && head[0] === 0x00 && head[1] === 0x05 && head[2] === 0x16 && head[3] === 0x07;
}
