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
