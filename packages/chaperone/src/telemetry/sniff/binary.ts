import { isUtf8 } from 'node:buffer';

/** Files that people have lying beside their logs, by their first bytes: what they are, and what to do to have them read. */
const KNOWN: readonly (readonly [magic: string, what: string, mend: string])[] = [
  [
    '300000004c664c65',
    'an event log in the form of Windows XP and 2003 (.evt)',
    'Convert it on Windows: wevtutil epl OLD.evt NEW.evtx /lf:true',
  ],
  [hex('SQLite format 3'), 'an SQLite database', 'Export the table that holds the log as CSV or JSON.'],
  [hex('regf'), 'a registry hive', 'It holds no log; nothing to do.'],
  [hex('MZ'), 'a Windows program', 'It holds no log; nothing to do.'],
  ['7f454c46', 'a Linux program', 'It holds no log; nothing to do.'],
  [hex('%PDF'), 'a PDF', 'It holds no log; nothing to do.'],
  ['89504e47', 'a picture', 'It holds no log; nothing to do.'],
  ['ffd8ff', 'a picture', 'It holds no log; nothing to do.'],
  ['d4c3b2a1', 'a packet capture', 'Turn it into Zeek or Suricata logs and scan those.'],
  ['a1b2c3d4', 'a packet capture', 'Turn it into Zeek or Suricata logs and scan those.'],
  ['0a0d0d0a', 'a packet capture', 'Turn it into Zeek or Suricata logs and scan those.'],
  [hex('Rar!'), 'a RAR archive', 'Unpack it and scan the result.'],
  ['377abcaf271c', 'a 7z archive', 'Unpack it and scan the result.'],
  ['fd377a585a00', 'an xz archive', 'Unpack it with xz -d and scan the result.'],
  [hex('BZh'), 'a bzip2 archive', 'Unpack it with bunzip2 and scan the result.'],
  [hex('LPKSHHRH'), 'a systemd journal', 'Export it: journalctl --file=FILE -o json > FILE.json'],
  ['d0cf11e0a1b11ae1', 'an Office or Installer document', 'It holds no log; nothing to do.'],
  ['efcdab89', 'an ESE database', 'It holds no log that is read here.'],
];

function hex(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}

/** What a file that is no text is, or undefined where nothing is known about it. */
export function knownBinary(head: Buffer): { readonly what: string; readonly mend: string } | undefined {
  const start = head.subarray(0, 16).toString('hex');
  for (const [magic, what, mend] of KNOWN) {
    if (start.startsWith(magic)) return { what, mend };
  }
  // A tar archive says so behind the first name
  if (head.toString('latin1', 257, 262) === 'ustar') {
    return { what: 'a tar archive', mend: 'Unpack it with tar -x and scan the result.' };
  }
  return undefined;
}

/** Whether bytes (not UTF-16) are no text: many control characters besides the ones that logs use. NUL runs are padding. */
export function looksBinary(head: Buffer): boolean {
  const length = Math.min(head.length, 8192);
  let control = 0;
  let seen = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = head[at];
    if (byte === 0 && (head[at - 1] === 0 || head[at + 1] === 0)) continue;
    seen += 1;
    if (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 27 && byte !== 12 && byte !== 30)
      control += 1;
  }
  if (seen === 0 || control > seen * 0.1) return true;
  // Text in a single-byte encoding has few control characters, however invalid it is as UTF-8; compressed data has both
  return control > seen * 0.02 && !isUtf8(head.subarray(0, Math.max(0, length - 4)));
}
