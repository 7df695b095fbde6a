import { allFormats, type Format } from '../src/telemetry/index.ts';
import { windowsOfferings } from '../src/telemetry/windows/categories.ts';
import { CHANNEL_SERVICES } from '../src/telemetry/windows/channels.ts';
import { windowsFormats } from '../src/telemetry/windows/index.ts';

const FRAMING: Readonly<Record<Format['framing'], string>> = {
  lines: 'a record a line',
  json: 'JSON: an object a line, a list of them, one after the other, or under a key',
  xml: 'XML: `<Event>` elements, with or without a root',
};

/** docs/formats.md, from the formats and tables themselves: a test holds the page against this. */
export function formatsPage(): string {
  const others = allFormats.filter((format) => !windowsFormats.includes(format));
  return `# Formats

What Chaperone reads. A file is told by its content, never by its name: the first 256 KiB are looked at, every format says how
sure it is that the first records are its own, and the surest reads the file. In a syslog server's file each line goes to the decoder
that fits it.

<!-- Made by packages/chaperone/testkit/formats-page.ts; \`UPDATE=1 npx vitest run formats-page\` writes it. -->

## Files and archives

- Folders are walked in the order of names; links are followed, loops are told, pipes, devices and sockets are never opened.
- \`.gz\`, \`.zst\` and \`.zip\` are opened, also inside each other (four deep). A member is shown as \`logs.zip!/dc01/security.evtx\`.
- A member that unpacks to more than 250 times its size (from 64 MiB on) or to more than 256 GiB is given up; what came before counts.
- A file that grows while it is read is read as far as it went at the start.
- Text may be UTF-8, UTF-16 LE or BE, with or without a byte order mark; lines may end in LF, CRLF or CR. What is no valid text is
  replaced by \ufffd and told once a file.
- A record may be 16 MiB long and nest 256 deep. A longer or deeper one is told with its place and passed over.
- Everything that can't be read stands in the summary with its code, place and what to do about it; the rest goes on.

## Windows events

EVTX files (\`ElfFile\` header, or bare chunks), and these text forms. Fields answer under Windows's own names, which Sigma rules use
(\`EventID\`, \`Channel\`, \`Provider_Name\`, \`Computer\`, \`CommandLine\`), and under the source's own dotted paths
(\`winlog.event_data.CommandLine\`).

${table(windowsFormats)}
Old \`.evt\` files of Windows XP and 2003 are told and not read: convert them with \`wevtutil epl OLD.evt NEW.evtx /lf:true\`.

## Other formats

${table(others)}
## Windows log sources of Sigma rules

Provider and channel decide what an event is, compared without case; the event id only within them. An event whose channel is the
collector's (\`ForwardedEvents\`) or missing is placed by its provider, one without a provider by its channel. Every log source
that SigmaHQ's Windows rules name is offered by some event; none is left out.

### Services

| service | channels |
|---|---|
${services()}

### Categories

| product | category | events |
|---|---|---|
${categories()}

Built-in events that stand in for Sysmon's are offered with their fields under Sysmon's names: 4688 with \`Image\` (\`NewProcessName\`),
\`ParentImage\` (\`ParentProcessName\`), \`ProcessId\` (\`NewProcessId\`), \`ParentProcessId\` (\`ProcessId\`), \`LogonId\`
(\`SubjectLogonId\`), \`User\` and \`IntegrityLevel\` worked out; 4657 with \`TargetObject\` (key and value joined, \`HKLM\` for
\`\\REGISTRY\\MACHINE\`) and \`Details\`; 5156 with \`Image\` (\`Application\`), \`SourceIp\`, \`DestinationIp\`, \`DestinationPort\`,
\`Initiated\` and \`Protocol\`; 4663 on files with \`FileName\` (\`ObjectName\`). What the event doesn't hold
(\`OriginalFileName\`, \`Hashes\`, \`ParentCommandLine\` of a 4688) can't match.

Sysmon 12 tells both of keys made and of keys and values deleted: its \`EventType\` decides. Where a shipper dropped that field the event
is offered as \`registry_event\` only. In the same way \`OperationType\` decides for 4657 and \`ObjectType\` for 4663.

## Who is who

In the normal form the \`actor\` is whoever acted and the \`user\` the account that it is about. Where somebody signs in or out (4624, 4625,
4634, 4768, 4769, 4776, RADIUS, remote desktop) both are the account that signs in, not the service that asked for the logon (Windows's
"Subject"). With explicit credentials (4648) the actor is the one who used them, the user the account they belong to. In changes of
accounts and groups the actor changed the user.

## Time

An event has the time that its source states. A stamp without a zone is read in the zone given for the source, UTC by default; one
without a year gets the year that puts it at or before the file's last change. Sysmon's \`UtcTime\` goes before a local stamp.
`;
}

function table(formats: readonly Format[]): string {
  const rows = [...formats]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((format) => {
      const keys = format.containers?.map((key) => `\`${key}\``).join(', ');
      const framing = keys === undefined ? FRAMING[format.framing] : `${FRAMING[format.framing]} (${keys})`;
      return `| \`${format.name}\` | ${format.title.replaceAll('|', '\\|')} | ${framing} |\n`;
    });
  return `| name | what | framing |\n|---|---|---|\n${rows.join('')}`;
}

function services(): string {
  const channels = new Map<string, string[]>();
  for (const [channel, ...names] of CHANNEL_SERVICES) {
    for (const name of names) channels.set(name, [...(channels.get(name) ?? []), channel]);
  }
  return [...channels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, list]) => `| \`${name}\` | ${list.join('; ')} |`)
    .join('\n');
}

function categories(): string {
  const found = new Map<string, Map<string, number[]>>();
  for (const { product, category, provider, eventId } of windowsOfferings()) {
    const key = `| ${product} | \`${category}\` |`;
    const providers = found.get(key) ?? new Map<string, number[]>();
    found.set(key, providers);
    providers.set(provider, [...(providers.get(provider) ?? []), eventId]);
  }
  return [...found]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, providers]) => {
      const events = [...providers].map(([provider, ids]) => `${provider} ${ids.sort((a, b) => a - b).join(', ')}`);
      return `${key} ${events.join('; ')} |`;
    })
    .join('\n');
}
