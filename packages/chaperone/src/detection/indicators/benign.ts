import { parseIp } from '../../registry/index.ts';
import type { Indicator } from './indicator.ts';

/** Names that stand in feeds by mistake or as a neighbour of the attack, and that everybody uses. With all below them, unless noted. */
const DOMAINS: ReadonlySet<string> = new Set(
  'microsoft.com windows.com windowsupdate.com office.com office365.com live.com outlook.com msn.com bing.com skype.com azure.com google.com googleapis.com gstatic.com youtube.com gmail.com apple.com icloud.com amazon.com amazonaws.com cloudflare.com akamai.net github.com mozilla.org firefox.com adobe.com digicert.com letsencrypt.org verisign.com symantec.com wikipedia.org facebook.com linkedin.com yahoo.com ubuntu.com debian.org example.com example.org localhost'.split(
    ' ',
  ),
);
/** Companies' names under which anybody can have one of his own: below these, an indicator can be right. */
const SHARED: ReadonlySet<string> = new Set([
  'amazonaws.com',
  'azure.com',
  'github.com',
  'googleapis.com',
  'live.com',
  'yahoo.com',
]);
const ADDRESSES: ReadonlySet<string> = new Set(
  '8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 208.67.222.222 208.67.220.220 4.2.2.1 4.2.2.2 0.0.0.0 255.255.255.255 127.0.0.1 ::1 ::'.split(
    ' ',
  ),
);
/** Hashes of nothing: an empty file. */
const HASHES: ReadonlySet<string> = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
]);
/** Names that every Windows has. */
const FILES: ReadonlySet<string> = new Set(
  'svchost.exe explorer.exe cmd.exe powershell.exe rundll32.exe regsvr32.exe services.exe lsass.exe winlogon.exe csrss.exe conhost.exe taskhost.exe setup.exe install.exe update.exe msiexec.exe iexplore.exe chrome.exe notepad.exe kernel32.dll ntdll.dll desktop.ini thumbs.db'.split(
    ' ',
  ),
);

/** Why an indicator would only raise noise, or undefined: names, addresses, hashes and files that everybody has. */
export function benign(indicator: Pick<Indicator, 'type' | 'value' | 'written'>): string | undefined {
  const { type, value, written } = indicator;
  if (type === 'domain') {
    if (DOMAINS.has(value)) return `${value} is a name that everybody uses`;
    const parent = value.split('.').slice(-2).join('.');
    return DOMAINS.has(parent) && !SHARED.has(parent)
      ? `${value} belongs to ${parent}, which everybody uses`
      : undefined;
  }
  if (type === 'ip') {
    if (ADDRESSES.has(written.trim())) return `${written.trim()} is an address that everybody uses`;
    const ip = parseIp(written.trim());
    // Private, loopback and link-local addresses are other machines in every house.
    return ip?.version === 4 && isPrivate(ip.value)
      ? `${written.trim()} is a private address, another machine in every house`
      : undefined;
  }
  if ((type === 'md5' || type === 'sha1' || type === 'sha256') && HASHES.has(value))
    return 'it is the hash of an empty file';
  if (type === 'file-name' && FILES.has(value)) return `${value} is a file that every Windows has`;
  return undefined;
}

function isPrivate(value: number): boolean {
  const first = Math.floor(value / 0x100_0000);
  const second = (value >>> 16) & 255;
  return (
    first === 10 ||
    first === 127 ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168) ||
    (first === 169 && second === 254)
  );
}
