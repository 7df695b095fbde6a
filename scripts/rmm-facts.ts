// Makes content/rmm/rmm-tools.json: the facts by which remote-management tools are recognised, from LOLRMM's YAML files
// (Apache-2.0, see content/rmm/NOTICE). Run: node scripts/rmm-facts.ts CORPUS/lolrmm/yaml
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';

interface Source {
  Name?: unknown;
  Details?: { PEMetadata?: unknown; InstallationPaths?: unknown };
  Artifacts?: { EventLog?: unknown; Network?: unknown };
  CodeSigning?: { certificates?: unknown };
}

/** Names that other programs have too, or that Windows brings itself: they would name a tool where none is. */
const COMMON_FILES = new Set(
  'agent.exe|client.exe|server.exe|service.exe|setup.exe|install.exe|installer.exe|update.exe|updater.exe|host.exe|viewer.exe|main.exe|app.exe|run.exe|launcher.exe|helper.exe|tray.exe|mstsc.exe|quickassist.exe|ssh.exe|sshd.exe|putty.exe|psexec.exe|psexec64.exe|psexesvc.exe|rundll32.exe|svchost.exe|cmd.exe|powershell.exe|msra.exe|winrs.exe|code.exe|code-tunnel.exe|chrome.exe|msedge.exe|firefox.exe|teams.exe|zoom.exe|wsl.exe|python.exe|node.exe|java.exe|javaw.exe|remoting_host.exe|telnet.exe|winscp.exe|filezilla.exe|mmc.exe|explorer.exe|control.exe|support.exe|remote.exe|rs.exe|rc.exe|rd.exe|era.exe|rdp.exe|vnc.exe|cloudflared.exe|ngrok.exe|dwm.exe|nvda.exe|tsh.exe|clm.exe|bma.exe|wmc.exe|mouse without borders.exe|powertoys.mousewithoutborders.exe|ipscan.exe|plink.exe|pscp.exe|autoupdate.exe|installshield setup.exe|httpget.exe|httppush.exe|upload.exe|closeapp.exe|recycler.exe|selfupdater.exe|regapps.exe|remote desktop.exe|remote access.exe|monitoringagent.exe|agent32.exe|agent64.exe|agent_setup_5.exe|agent-installer-any.exe|installcore.exe|appcore.exe|supporttool.exe|rdesktop.exe|tsclient.exe|toolsiq.exe|winpty-agent.exe|winpty-agent64.exe|zero-powershell.exe|update-shim.exe|windowslauncher.exe|notificationhelper.exe|usernotificationhelper.exe|migrationhelper_32.exe|migrationhelper_64.exe|baseclient.exe|accessserver.exe|einstaller.exe|otpowershell.exe|tpowershell.exe|prep64.exe|nuke32.exe|cpuchk.exe|online backup.exe|dashboard-windows-amd64.exe|sysdiag.exe|softmon.exe|alitask.exe|qqpcmgr.exe|qqprotect.exe|nateon.exe|nateonmain.exe|pservice.exe|iprangecalculator.exe|uninstallstatusupdater.exe|rcclient.exe|rcservice.exe|vhost.exe|routernt.exe|mgntsvc.exe|teamtaskmanager.exe|manuallauncher.exe|megaupdater.exe|megasync.exe|ir_agent.exe|luedit.exe|winchk32.exe|pidupdater.exe|httpd.exe|winscp.com|mobaxterm.exe|kitty.exe|securecrt.exe|smartftp.exe|s3browser.exe|zoc.exe|tnslsnr.exe|mremoteng.exe|royalts.exe|rdcman.exe'.split(
    '|',
  ),
);
const COMMON_DOMAINS =
  /^(?:.*\.)?(?:amazonaws\.com|azure\.com|azurewebsites\.net|windows\.net|cloudfront\.net|cloudapp\.net|azureedge\.net|google\.com|googleapis\.com|gstatic\.com|microsoft\.com|live\.com|office\.com|windowsupdate\.com|github\.com|githubusercontent\.com|zoom\.us|adobe\.com|apple\.com|icloud\.com|dell\.com|hp\.com|cisco\.com|vmware\.com|citrix\.com|oracle\.com|acronis\.com|example\.com|localhost|akamai\.net|akamaized\.net|fastly\.net|cloudflare\.com|cloudflare-dns\.com|workers\.dev|digicert\.com|sectigo\.com|mozilla\.org|visualstudio\.com|vscode\.dev|parallels\.com|webex\.com|goto\.com|gotomeeting\.com|sophos\.com|kaspersky\.com|eset\.com|bitdefender\.com|intel\.com|tailscale\.com|hamachi\.cc|ubuntu\.com|debian\.org)$/;
const COMMON_SIGNERS =
  /microsoft|adobe|apple|google|vmware|cisco|citrix|dell|hp inc|oracle|intel|kaspersky|sophos|eset|bitdefender|simon tatham|open source developer|zoom|^\.net$|docusign|signpath/i;
/** Folders that say nothing about what lies in them. */
const COMMON_FOLDERS =
  /^(?:program files.*|programdata|windows|system32|syswow64|users|appdata|local|locallow|roaming|temp|microsoft|common files|application data|desktop|downloads|documents|applications|library|usr|opt|etc|bin|sbin|lib|var|programs|.*\*.*|.*<.*|.*%.*|[a-z]:|contents|macos|client|server|agent|bin|current|google|adobe|apple|citrix|vmware|cisco|dell|hp|intel|oracle|remote|support|chrome|ssh|openssh|parallels|update|fix|home|app|apps|start menu|startup|user data|application support|username|level|init\.d|package cache|updates|launchdaemons|ieuser|sysprogs|vector|total|manageengine|solarwinds|megasync|parsec|insync|microsoft garage|freshworks|yandex|mobatek|idrive|realvnc|netsarang)$/;

/** Service names that LOLRMM doesn't list and the vendors' own documentation does. */
const MORE_SERVICES: Readonly<Record<string, readonly string[]>> = {
  ScreenConnect: ['screenconnect client (*', 'connectwise control client (*'],
  NinjaRMM: ['ninjarmmagent'],
  'CentraStage (Now Datto)': ['cagservice'],
  AnyDesk: ['anydesk', 'anydesk-*'],
};

/** A signer counts where its name has a word of the tool's: certificates of other companies come along in installers. */
function namesTool(signer: string, tool: string): boolean {
  const compact = tool.toLowerCase().replace(/[^a-z0-9]/g, '');
  return signer.split(/[^a-z0-9]+/).some((word) => word.length >= 4 && compact.includes(word.slice(0, 5)));
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap(strings) : typeof value === 'string' ? [value] : [];
const records = (value: unknown): Record<string, unknown>[] =>
  (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]).filter(
    (item) => item !== null && typeof item === 'object',
  );
const unique = (values: string[]) => [...new Set(values)].sort();

function readTool(source: Source) {
  const paths = strings(source.Details?.InstallationPaths);
  const pe = records(source.Details?.PEMetadata);
  const events = records(source.Artifacts?.EventLog);
  const files = [
    ...paths,
    ...pe.flatMap((meta) => strings([meta.Filename, meta.OriginalFileName])),
    ...events.flatMap((event) => strings([event.ImagePath])),
  ]
    .map(
      (path) =>
        path.toLowerCase().replace(/"/g, '').split(/[\\/]/).at(-1)!.split('.exe')[0]! +
        (/\.exe/i.test(path) ? '.exe' : ''),
    )
    .filter((name) => /^[a-z0-9][\w .()+-]{2,60}\.exe$/.test(name) && !name.includes('*') && !COMMON_FILES.has(name));
  const folders = paths.flatMap((path) => {
    const parts = path.toLowerCase().replace(/"/g, '').split(/[\\/]/);
    const named = parts
      .slice(0, -1)
      .map((part) => part.replace(/\s*\((?:random|<?string id>?)\)$/, ''))
      .filter((part) => part.length >= 5 && !COMMON_FOLDERS.test(part) && /^[a-z0-9][\w .()+-]+$/.test(part));
    return named.length === 0 ? [] : [`\\${named[0]!}`];
  });
  const services = events
    .flatMap((event) => strings(event.ServiceName))
    .map((name) =>
      name
        .toLowerCase()
        .trim()
        .replace(/\((?:random|<?string id>?|[0-9a-f]+)\)/g, '*'),
    )
    .filter(
      (name) =>
        name.length >= 4 &&
        name.length < 80 &&
        !/^[*?]/.test(name) &&
        !/^(?:winring0|invclient|level|mouse without|tiservice)/.test(name),
    );
  const domains = records(source.Artifacts?.Network)
    .flatMap((network) => strings(network.Domains))
    .map((domain) =>
      domain
        .toLowerCase()
        .trim()
        .replace(/^https?:\/\//, '')
        .replace(/[:/].*$/, ''),
    )
    // `relay-[a-f0-9]{8}.net.anydesk.com` and `*.anydesk.com` say: everything under the rest.
    .map((domain) => (/[*[{<(?]/.test(domain) ? domain.replace(/^.*[*\]})>?][^.]*\./, '') : domain))
    .filter((domain) => /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/.test(domain) && !COMMON_DOMAINS.test(domain));
  const signers = records(source.CodeSigning?.certificates)
    .flatMap((certificate) => strings(certificate.signer_name))
    .map((name) => name.toLowerCase().trim())
    .filter((name) => name.length > 3 && !COMMON_SIGNERS.test(name) && namesTool(name, String(source.Name)));
  return {
    name: String(source.Name),
    files: unique(files),
    folders: unique(folders),
    services: unique([...services, ...(MORE_SERVICES[String(source.Name)] ?? [])]),
    domains: unique(domains.filter((d, _, all) => !all.some((other) => other !== d && d.endsWith(`.${other}`)))),
    signers: unique(signers),
  };
}

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node scripts/rmm-facts.ts CORPUS/lolrmm/yaml');
  process.exit(3);
}
const all = readdirSync(folder)
  .filter((file) => /\.ya?ml$/.test(file))
  .sort()
  .map((file) => readTool(load(readFileSync(join(folder, file), 'utf8')) as Source));
// What several tools claim tells none of them apart; the first keeps it only where the others are the same product under another name.
const claims = new Map<string, number>();
for (const tool of all)
  for (const kind of ['files', 'folders', 'services', 'domains', 'signers'] as const)
    for (const value of tool[kind]) claims.set(`${kind} ${value}`, (claims.get(`${kind} ${value}`) ?? 0) + 1);
const tools = all
  .map((tool) => {
    const kept: Record<string, unknown> = { name: tool.name };
    for (const kind of ['files', 'folders', 'services', 'domains', 'signers'] as const) {
      const values = tool[kind].filter((value) => claims.get(`${kind} ${value}`)! <= 2);
      if (values.length > 0) kept[kind] = values;
    }
    return kept;
  })
  .filter((tool) => Object.keys(tool).length > 1);
const head = {
  about:
    'How remote-management tools show themselves: facts from LOLRMM (magicsword-io/LOLRMM, Apache-2.0). Made by scripts/rmm-facts.ts; see NOTICE.',
};
writeFileSync(
  new URL('../content/rmm/rmm-tools.json', import.meta.url),
  `${JSON.stringify(head).slice(0, -1)},"tools":[\n${tools.map((tool) => JSON.stringify(tool)).join(',\n')}\n]}\n`,
);
console.log(`${tools.length} tools of ${all.length}`);
