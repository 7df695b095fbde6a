import { CHANNEL_SERVICES, PROVIDER_CHANNEL } from './channels.ts';

interface Channel {
  readonly name: string;
  readonly services: readonly string[];
}

const channels = new Map<string, Channel>(
  CHANNEL_SERVICES.map(([name, ...services]) => [name.toLowerCase(), { name, services }]),
);
const channelOfProvider = new Map(PROVIDER_CHANNEL.map(([provider, channel]) => [provider.toLowerCase(), channel]));

/** Names that say where an event was collected, not where it was written. */
const COLLECTORS = new Set(['', 'forwardedevents', 'wec', 'wef']);

/**
 * The channel an event was written to, in Windows's own spelling where it is known, with the Sigma services it answers to.
 * File names for channels (`...%4Operational`, `.evtx`) are understood; a missing channel, or a collector's, is replaced by
 * the one that the provider writes to.
 */
export function channelOf(channel: string, provider: string, eventId: number): Channel {
  const written = channel.includes('%4') ? channel.replaceAll('%4', '/') : channel;
  const name = written
    .toLowerCase()
    .replace(/\.evtx$/, '')
    .trim();
  const known = channels.get(name);
  if (known !== undefined) return known;
  if (!COLLECTORS.has(name)) return { name: written, services: [] };
  const guess = channelOfProvider.get(provider) ?? eventlogChannel(provider, eventId);
  return (guess === undefined ? undefined : channels.get(guess.toLowerCase())) ?? { name: written, services: [] };
}

/** The event log service writes about itself: 1100 to 1108 to Security, 104 and 6005 to 6013 to System. */
function eventlogChannel(provider: string, eventId: number): string | undefined {
  if (provider !== 'microsoft-windows-eventlog' && provider !== 'eventlog') return undefined;
  return eventId >= 1100 && eventId <= 1108 ? 'Security' : 'System';
}

/** Channels whose events come from one provider only: an event there that names another is not what it claims to be. */
const OWN_PROVIDER = new Map<string, string>([
  ['Microsoft-Windows-Sysmon/Operational', 'microsoft-windows-sysmon'],
  ['Microsoft-Windows-Windows Defender/Operational', 'microsoft-windows-windows defender'],
]);

/** Whether an event of this provider can stand in this channel; a missing provider can stand anywhere. */
export function belongs(channel: string, provider: string): boolean {
  const owner = OWN_PROVIDER.get(channel);
  return owner === undefined || provider === '' || provider === owner;
}

/** The provider that a channel's events come from where the source names none. */
export function providerOf(channel: string, eventId: number): string {
  if (channel === 'Security') return eventId >= 1100 && eventId <= 1108 ? EVENTLOG : SECURITY;
  for (const [provider, written] of PROVIDER_CHANNEL) {
    if (written === channel && written !== 'System' && written !== 'Application') return provider.toLowerCase();
  }
  return '';
}

export const SECURITY = 'microsoft-windows-security-auditing';
export const EVENTLOG = 'microsoft-windows-eventlog';
export const SYSMON = 'microsoft-windows-sysmon';
