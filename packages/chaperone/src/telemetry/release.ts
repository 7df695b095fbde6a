/** Smaller memory isn't worth the call, and may be shared with others (Node's pool). */
const LEAST = 16 * 1024;

/**
 * Gives back at once the memory of bytes that nobody looks at any more; they are empty afterwards. V8 sees of such bytes only that there are many
 * and then looks through everything else that a thread holds to be rid of them: twice a second under a steady stream.
 *
 * Only for bytes that nothing else refers to, and that no write or read is at work on. Those that are part of something larger are left alone.
 */
export function release(bytes: Uint8Array): void {
  const { buffer, byteLength, byteOffset } = bytes;
  if (byteLength >= LEAST && byteOffset === 0 && buffer.byteLength === byteLength && buffer instanceof ArrayBuffer)
    buffer.transfer(0);
}
