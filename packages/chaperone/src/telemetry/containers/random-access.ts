import { open } from 'node:fs/promises';

/** Bytes that can be read anywhere: a file on disk, or an archive held in memory. */
export interface RandomAccess {
  readonly size: number;
  /** exactly `length` bytes from `at`, fewer only at the end */
  read(at: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export async function randomAccess(from: string | Buffer): Promise<RandomAccess> {
  if (typeof from !== 'string') {
    return {
      size: from.length,
      read: async (at, length) => from.subarray(at, at + length),
      close: async () => {},
    };
  }
  const handle = await open(from, 'r');
  const { size } = await handle.stat();
  return {
    size,
    read: async (at, length) => {
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - at)));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, at);
      return bytes.subarray(0, bytesRead);
    },
    close: () => handle.close(),
  };
}
