import { parseIp, parseRange } from '../../registry/index.ts';
import type { IndicatorType } from './indicator.ts';

/** Longest value that is taken: URLs are the longest, and no log keeps longer ones whole. */
const MAX_VALUE = 2_000;

/** What a feed calls a type, brought to ours. `hash` and `auto` are told by the value. */
export function readType(text: string): IndicatorType | 'hash' | 'auto' | undefined {
  return TYPES.get(
    text
      .trim()
      .toLowerCase()
      .replace(/[\s_]+/g, '-'),
  );
}

const TYPES: ReadonlyMap<string, IndicatorType | 'hash' | 'auto'> = new Map(
  Object.entries({
    domain: 'domain',
    'domain-name': 'domain',
    hostname: 'domain',
    fqdn: 'domain',
    dns: 'domain',
    host: 'domain',
    'domain|ip': 'domain',
    url: 'url',
    uri: 'url',
    link: 'url',
    ip: 'ip',
    ipv4: 'ip',
    ipv6: 'ip',
    'ip-address': 'ip',
    'ipv4-addr': 'ip',
    'ipv6-addr': 'ip',
    'ip-src': 'ip',
    'ip-dst': 'ip',
    address: 'ip',
    cidr: 'cidr',
    network: 'cidr',
    netblock: 'cidr',
    email: 'email',
    'e-mail': 'email',
    'email-addr': 'email',
    'email-src': 'email',
    'email-address': 'email',
    mail: 'email',
    hash: 'hash',
    filehash: 'hash',
    'file-hash': 'hash',
    md5: 'md5',
    'filehash-md5': 'md5',
    'hash-md5': 'md5',
    'file-md5': 'md5',
    sha1: 'sha1',
    'sha-1': 'sha1',
    'filehash-sha1': 'sha1',
    'hash-sha1': 'sha1',
    sha256: 'sha256',
    'sha-256': 'sha256',
    'filehash-sha256': 'sha256',
    'hash-sha256': 'sha256',
    imphash: 'imphash',
    filename: 'file-name',
    'file-name': 'file-name',
    filepath: 'file-path',
    'file-path': 'file-path',
    path: 'file-path',
    mutex: 'mutex',
    mutant: 'mutex',
    namepipe: 'pipe',
    namedpipe: 'pipe',
    'named-pipe': 'pipe',
    pipe: 'pipe',
    registrykey: 'registry-key',
    'registry-key': 'registry-key',
    registry: 'registry-key',
    regkey: 'registry-key',
    'windows-registry-key': 'registry-key',
    indicator: 'auto',
    ioc: 'auto',
    value: 'auto',
    auto: 'auto',
  } as const),
);

const HASHES: Readonly<Record<number, IndicatorType>> = { 32: 'md5', 40: 'sha1', 64: 'sha256' };

/** The type that a bare value can only be; undefined when it could be several things. */
export function guessType(value: string): IndicatorType | undefined {
  const text = refang(value);
  if (parseIp(text) !== undefined) return 'ip';
  if (text.includes('/') && parseRange(text) !== undefined) return 'cidr';
  if (/^[0-9a-f]+$/i.test(text) && HASHES[text.length] !== undefined) return HASHES[text.length];
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'url';
  if (/^[^\s@\\/]+@[^\s@\\/]+\.[a-z]{2,}$/i.test(text)) return 'email';
  if (/^(?:HK(?:EY_|LM|CU|CR|U)\b)/i.test(text)) return 'registry-key';
  if (/^\\\\?\.?\\pipe\\/i.test(text)) return 'pipe';
  if (/^(?:[a-z]:\\|%[^%]+%\\|\\\\)/i.test(text)) return 'file-path';
  if (isDomain(text)) return FILE_ENDING.test(text) ? 'file-name' : 'domain';
  return undefined;
}

/** Endings that are files far more often than domains. */
const FILE_ENDING = /\.(?:exe|dll|sys|bat|cmd|ps1|vbs|js|dat|doc|docx|xls|xlsx|lnk|zip|rar|tmp|plg|hlp|asm|its|bin)$/i;

/**
 * A value of a type in the form in which it is looked up, or what is wrong with it. What a feed calls a URL and is only a name is a domain,
 * as in the Cloud Hopper list; `hxxp` and `[.]` are undone.
 */
export function normalise(
  type: IndicatorType | 'hash' | 'auto',
  written: string,
): { readonly type: IndicatorType; readonly value: string } | string {
  const text = refang(written.trim().replace(/^"|"$/g, ''));
  if (text === '') return 'the value is empty';
  if (text.length > MAX_VALUE) return `the value is longer than ${MAX_VALUE} characters`;
  if (type === 'auto') {
    const guessed = guessType(text);
    return guessed === undefined ? `"${cut(text)}" could be several things` : normalise(guessed, text);
  }
  switch (type) {
    case 'hash':
    case 'md5':
    case 'sha1':
    case 'sha256':
    case 'imphash': {
      const hex = text.toLowerCase();
      const told = HASHES[hex.length];
      if (!/^[0-9a-f]+$/.test(hex) || told === undefined) return `"${cut(text)}" is no hash`;
      // A list may call a SHA-1 an MD5: the length knows better.
      return { type: type === 'imphash' ? 'imphash' : told, value: hex };
    }
    case 'ip':
    case 'cidr': {
      const range = parseRange(text);
      if (range === undefined) return `"${cut(text)}" is no address`;
      const single = range.from === range.to;
      return single ? { type: 'ip', value: ipKey(text)! } : { type: 'cidr', value: text };
    }
    case 'domain': {
      const name = text.toLowerCase().replace(/^\*\./, '').replace(/\.$/, '');
      if (parseIp(name) !== undefined) return normalise('ip', name);
      return isDomain(name) ? { type: 'domain', value: name } : `"${cut(text)}" is no domain`;
    }
    case 'url': {
      const bare = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '');
      if (!/[/?#]/.test(bare) || /^[^/?#]+\/?$/.test(bare)) {
        const host = bare.replace(/\/$/, '').replace(/:\d+$/, '');
        const asHost = normalise(parseIp(host) === undefined ? 'domain' : 'ip', host);
        if (typeof asHost !== 'string') return asHost;
      }
      return /\s/.test(bare) || !bare.includes('.') ? `"${cut(text)}" is no URL` : { type: 'url', value: urlKey(text) };
    }
    case 'email':
      return /^[^\s@]+@[^\s@]+$/.test(text)
        ? { type: 'email', value: text.toLowerCase() }
        : `"${cut(text)}" is no mail address`;
    case 'file-name':
      return /[\\/]/.test(text) ? normalise('file-path', text) : { type: 'file-name', value: text.toLowerCase() };
    case 'file-path':
      return { type: 'file-path', value: pathKey(text) };
    case 'registry-key':
      return { type: 'registry-key', value: registryKey(text) };
    case 'pipe':
      return { type: 'pipe', value: pipeKey(text) };
    case 'mutex':
      return { type: 'mutex', value: text };
  }
}

/** Undoes what people do to make a value harmless in mail: `hxxp://evil[.]example`. */
export function refang(text: string): string {
  return text
    .replace(/^hxxp/i, 'http')
    .replace(/\[(?:\.|dot)\]|\((?:\.|dot)\)|\{\.\}/gi, '.')
    .replace(/\[:\]/g, ':')
    .replace(/\[(?:@|at)\]/gi, '@');
}

function isDomain(name: string): boolean {
  return (
    name.length <= 253 &&
    /^(?:[\p{L}\p{N}_](?:[\p{L}\p{N}_-]{0,61}[\p{L}\p{N}_])?\.)+[\p{L}][\p{L}\p{N}-]{1,62}$/u.test(name)
  );
}

/** An address in one spelling. */
export function ipKey(text: string): string | undefined {
  const ip = parseIp(text);
  return ip === undefined ? undefined : `${ip.version}/${ip.value}`;
}

/** A URL without scheme, user, port of its scheme and fragment; host in lower case. */
export function urlKey(text: string): string {
  const bare = text
    .trim()
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .replace(/#.*$/, '');
  const slash = bare.search(/[/?]/);
  const host = (slash < 0 ? bare : bare.slice(0, slash))
    .toLowerCase()
    .replace(/^[^@]*@/, '')
    .replace(/:(?:80|443)$/, '');
  const rest = slash < 0 ? '' : bare.slice(slash);
  return host + (rest === '/' ? '' : rest);
}

/**
 * A path whose variable beginning is reduced to what all spellings share: `%APPDATA%\notron.exe`, `%USERPROFILE%\AppData\Roaming\notron.exe`
 * and `C:\Users\anna\AppData\Roaming\notron.exe` are one.
 */
export function pathKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/"/g, '')
    .replace(/\//g, '\\')
    .replace(/(?!^)\\{2,}/g, '\\')
    .replace(/^\\\\\?\\/, '')
    .replace(/^\\device\\harddiskvolume\d+\\/, 'c:\\')
    .replace(/^%(?:appdata)%/, '<user>\\appdata\\roaming')
    .replace(/^%(?:localappdata)%/, '<user>\\appdata\\local')
    .replace(/^%(?:temp|tmp)%/, '<user>\\appdata\\local\\temp')
    .replace(/^%userprofile%/, '<user>')
    .replace(/^%(?:allusersprofile|programdata)%/, 'c:\\programdata')
    .replace(/^%(?:systemroot|windir)%/, 'c:\\windows')
    .replace(/^%programfiles(?:\(x86\))?%/, 'c:\\program files')
    .replace(/^%(?:systemdrive|homedrive)%/, 'c:')
    .replace(/^c:\\program files \(x86\)\\/, 'c:\\program files\\')
    .replace(/^c:\\documents and settings\\all users\\application data/, 'c:\\programdata')
    .replace(/^[a-z]:\\(?:users|documents and settings)\\[^\\]+/, '<user>')
    .replace(/\\$/, '');
}

/** A registry key with its hive's short name; a value's name is its last part. */
export function registryKey(text: string): string {
  return text
    .toLowerCase()
    .replace(/"/g, '')
    .replace(/\\{2,}/g, '\\')
    .replace(/^\\?registry\\machine\b/, 'hklm')
    .replace(/^\\?registry\\user\\s-1-5-21-[\d-]+(_classes)?/, (_, classes) =>
      classes === undefined ? 'hkcu' : 'hkcu\\software\\classes',
    )
    .replace(/^hkey_local_machine/, 'hklm')
    .replace(/^hkey_current_user/, 'hkcu')
    .replace(/^hkey_users|^hku/, 'hku')
    .replace(/^hku\\s-1-5-21-[\d-]+(_classes)?/, (_, classes) =>
      classes === undefined ? 'hkcu' : 'hkcu\\software\\classes',
    )
    .replace(/^hkey_classes_root|^hkcr/, 'hklm\\software\\classes')
    .replace(/\\$/, '');
}

/** A pipe's own name. */
export function pipeKey(text: string): string {
  return text.toLowerCase().replace(/^\\*(?:\.\\|\?\?\\|device\\)?(?:namedpipe\\|pipe\\)?/, '');
}

function cut(text: string): string {
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
  return clean.length > 60 ? `${clean.slice(0, 60)}…` : clean;
}
