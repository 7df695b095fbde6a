import { crc32, deflateRawSync } from 'node:zlib';

export interface Entry {
  readonly name: string;
  readonly data: Buffer;
  readonly stored?: boolean;
  readonly encrypted?: boolean;
  readonly method?: number;
}

/** A zip of these entries, made by hand so that it can be made wrong. */
export function makeZip(entries: readonly Entry[], comment = ''): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const packed = entry.stored === true ? entry.data : deflateRawSync(entry.data);
    const header = Buffer.alloc(30);
    header.writeUInt32LE(0x04034b50, 0);
    common(header, 4, entry, packed);
    header.writeUInt16LE(name.length, 26);
    parts.push(header, name, packed);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(20, 4);
    common(central, 6, entry, packed);
    central.writeUInt16LE(name.length, 28);
    central.writeUInt32LE(offset, 42);
    directory.push(central, name);
    offset += 30 + name.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, ...directory, end, Buffer.from(comment)]);
}

function common(header: Buffer, at: number, entry: Entry, packed: Buffer): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(0x800 | (entry.encrypted === true ? 1 : 0), at + 2);
  header.writeUInt16LE(entry.method ?? (entry.stored === true ? 0 : 8), at + 4);
  // 28 July 2026, 11:28:00
  header.writeUInt16LE((11 << 11) | (28 << 5), at + 6);
  header.writeUInt16LE((46 << 9) | (7 << 5) | 28, at + 8);
  header.writeUInt32LE(crc32(entry.data), at + 10);
  header.writeUInt32LE(packed.length, at + 14);
  header.writeUInt32LE(entry.data.length, at + 18);
}
