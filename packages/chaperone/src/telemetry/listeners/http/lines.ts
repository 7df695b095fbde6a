/** Calls back with each line that isn't blank, without its end. No copies: the pieces share the body's memory. */
export function eachLine(body: Buffer, visit: (line: Buffer) => void): void {
  let from = 0;
  while (from < body.length) {
    let to = body.indexOf(0x0a, from);
    if (to < 0) to = body.length;
    const end = to > from && body[to - 1] === 0x0d ? to - 1 : to;
    if (end > from) visit(body.subarray(from, end));
    from = to + 1;
  }
}

/** Calls back with each element of a JSON array, its bytes as they are. The body must be known to be one. No copies. */
export function eachElement(body: Buffer, visit: (element: Buffer) => void): void {
  let depth = 0;
  let string = false;
  let from = -1;
  let to = -1;
  const element = () => {
    if (from >= 0) visit(body.subarray(from, to));
    from = -1;
  };
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (string) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) string = false;
    } else if (byte === 0x22) string = true;
    else if (byte === 0x5d || byte === 0x7d) {
      depth -= 1;
      if (depth === 0) {
        element();
        return;
      }
    } else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth === 1) continue;
    } else if (byte === 0x2c && depth === 1) {
      element();
      continue;
    } else if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) continue;
    if (from < 0) from = at;
    to = at + 1;
  }
}
