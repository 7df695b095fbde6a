import { Command, Option } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import { levels } from '../report/index.ts';
import type { ScanArguments } from './commands/scan.ts';
import type { Io } from './io.ts';

const version = packageFile.version;

const rootExamples = `
Examples:
  chaperone start                                  run the service here; finish the set-up in a browser
  chaperone scan /evidence                         scan a folder of logs
  chaperone sample                                 scan a sample intrusion
  chaperone scan DC01.evtx --registry chaperone.yaml
  chaperone rules check my-rules/                  are these Sigma rules sound?
  chaperone doctor                                 what is missing on this machine?

Exit codes: 0 clean, 1 findings, 2 something could not be read, 3 usage.`;

const scanExamples = `
Examples:
  chaperone scan /evidence
  chaperone scan DC01.evtx firewall.log.gz --registry chaperone.yaml --zone Europe/Zurich
  chaperone scan /evidence --rules sigma/rules --since 2026-11-01 --until 2026-11-20
  chaperone scan /evidence --format csv,timesketch --out /cases/42

Exit codes:
  0  clean: no finding at or above --level, and everything could be read
  1  findings at or above --level, whether or not everything could be read
  2  no such finding, but something could not be read, or the scan was stopped
  3  wrong usage, or the report could not be written
A script that must know both findings and unread files reads files.unread and records.unread in summary.json.`;

/** Gathers an option that may be given more than once. */
const gather = (value: string, before: string[] = []) => [...before, value];

/** All commands with their options and help. What a command does is loaded when it runs, so that help answers at once. */
export function program(io: Io, done: (code: number) => void): Command {
  const root = new Command('chaperone')
    .description('Is someone using our IT provider’s access against us? Chaperone reads logs and answers.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError('(chaperone --help shows what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => Math.min(100, io.stdout.columns ?? 100),
      getErrHelpWidth: () => Math.min(100, io.stderr.columns ?? 100),
    })
    .addHelpText('after', rootExamples);
  for (const define of [start, scan, sample, serve, keeping, rules, registry, doctor, versions]) define(root, io, done);
  return root;
}

type Define = (root: Command, io: Io, done: (code: number) => void) => void;

const start: Define = (root, io, done) => {
  root
    .command('start')
    .summary('run the service on this machine, with everything it needs')
    .description(
      'Starts the two stores and the service on loopback, and prints one link with which the set-up is finished in a browser. A sample organisation whose logs arrive through the real listeners is offered there. Ends with Ctrl-C.',
    )
    .option('--data <dir>', 'folder for keys, stores and backups', 'chaperone-data')
    .option('--port <n>', 'port of the console', '7780')
    .action(async (options: { data: string; port: string }) => {
      done(await (await import('./commands/serve.ts')).start(options, io));
    });
};

const serve: Define = (root, io, done) => {
  root
    .command('serve')
    .summary('run the service as a configuration says')
    .description(
      'Runs the service with listeners, certificates, stores and retention as a file says (docs/service.md lists all settings with their defaults).',
    )
    .option('--config <file>', 'the configuration; without one everything is at its default')
    .option('--check', 'only read the configuration and say what is wrong in it')
    .addHelpText('after', `\nExample:\n  chaperone serve --config /etc/chaperone/serve.yaml`)
    .action(async (options: { config?: string; check?: boolean }) => {
      done(await (await import('./commands/serve.ts')).serve(options, io));
    });
};

const keeping: Define = (root, io, done) => {
  root
    .command('backup')
    .summary('write everything into one folder, from a service that runs')
    .description(
      'Writes the state, the events and the keys into a new folder, as they stand at one moment, while the service goes on. Whoever has the folder can read everything: keep it as safe as the data folder.',
    )
    .requiredOption('--to <dir>', 'new folder for the backup')
    .option('--data <dir>', 'the service’s data folder', 'chaperone-data')
    .option('--config <file>', 'the service’s configuration, where it has one')
    .action(async (options) => {
      done(await (await import('./commands/backup.ts')).backup(options, io));
    });
  root
    .command('restore')
    .summary('make a data folder from a backup')
    .description('Checks a backup and makes a new data folder of it. The service must not run.')
    .requiredOption('--from <dir>', 'folder of the backup')
    .option('--data <dir>', 'data folder to make', 'chaperone-data')
    .option('--replace', 'the folder isn’t empty: set what is in it aside')
    .option('--config <file>', 'the service’s configuration, where it has one')
    .action(async (options) => {
      done(await (await import('./commands/backup.ts')).restore(options, io));
    });
  root
    .command('verify')
    .summary('check that nobody changed the audit trail')
    .description(
      'Computes the hash chain of every audit trail anew, of the running service, of a data folder, or of an exported file. Exit code 0 when all hold, 1 when one is broken.',
    )
    .option('--data <dir>', 'the service’s data folder', 'chaperone-data')
    .option('--config <file>', 'the service’s configuration, where it has one')
    .option('--export <file>', 'check an exported trail (JSON lines) instead')
    .option('--json', 'print a JSON object instead of words')
    .action(async (options) => {
      done(await (await import('./commands/verify.ts')).verify(options, io));
    });
  root
    .command('unseal')
    .summary('open records that were sealed because their fields could not be masked')
    .description(
      'Opens sealed events of the running service and prints each as a JSON object a line. Every opening stands in the audit trail of the organisation, with its reason. What was masked can’t be opened: it was never stored. Exit code 0 when all were opened, 1 when one was not.',
    )
    .argument(
      '[event...]',
      'ids of events, as the console and the API show them; left out: the latest that were sealed',
    )
    .requiredOption('--organization <name>', 'short name of the organisation, as it stands in addresses')
    .requiredOption('--reason <text>', 'why they are opened')
    .option('--latest <number>', 'how many of the latest', '20')
    .option('--data <dir>', 'the service’s data folder', 'chaperone-data')
    .option('--config <file>', 'the service’s configuration, where it has one')
    .action(async (events: string[], options) => {
      done(await (await import('./commands/unseal.ts')).unseal(events, options, io));
    });
};

const sample: Define = (root, io, done) => {
  root
    .command('sample')
    .summary('make a sample intrusion and scan it')
    .description(
      'Makes a sample case (a clinic, its IT provider, a week of logs with an intrusion through the provider’s access), scans it, and says where the report is. Nothing leaves this machine.',
    )
    .option('--dir <dir>', 'folder for the sample and its report', 'chaperone-sample')
    .action(async (options: { dir: string }) => {
      done(await (await import('./commands/sample.ts')).sample(options, io));
    });
};

const scan: Define = (root, io, done) => {
  root
    .command('scan')
    .summary('read logs and say what happened, through whose access')
    .description(
      'Reads files and folders of logs (also inside .gz, .zst and .zip), finds each log’s format by its content, and says what happened, which provider’s account or link it came through, and why. Leaves a report in a folder.',
    )
    .argument('<path...>', 'files or folders of logs')
    .option('--rules <dir>', 'Sigma rules to use besides our own (file or folder; repeatable)', gather)
    .option('--no-builtin-rules', 'leave our own rules out')
    .option('--registry <file>', 'chaperone.yaml: your providers, their accounts, and what was agreed')
    .option('--indicators <file>', 'indicators to look for: STIX, CSV or plain list (repeatable)', gather)
    .option('--since <time>', 'leave out events before: 2026-11-20, 2026-11-20T08:00+01:00, or 7d')
    .option('--until <time>', 'leave out events from then on; a date alone includes its day')
    .addOption(
      new Option('--level <level>', 'lowest level that makes the exit code 1')
        .choices([...levels].reverse())
        .default('medium'),
    )
    .option('--workers <n>', 'threads to use (default: one for each core)')
    .option('--out <dir>', 'folder for the report', 'chaperone-report')
    .option('--force', 'write into a folder that holds other files')
    .option('--format <list>', 'more outputs: csv, ocsf, timesketch (comma between them)', gather)
    .option(
      '--zone <zone>',
      'time zone of stamps that state none, and of times shown, e.g. Europe/Zurich (default: UTC)',
    )
    .option('--mapping <file>', 'says what the columns of a CSV mean (repeatable)', gather)
    .option('--pipeline <file>', 'pySigma field mapping to apply to the rules (repeatable)', gather)
    .option('--carve', 'also look for deleted records in the slack of EVTX chunks')
    .option('--json', 'print summary.json instead of the summary in words')
    .option('--no-report', 'leave out the HTML report')
    .option('--quiet', 'no progress, and one line at the end')
    .addHelpText('after', scanExamples)
    .action(async (paths: string[], options: ScanArguments) => {
      done(await (await import('./commands/scan.ts')).scan(paths, options, io));
    });
};

const rules: Define = (root, io, done) => {
  const group = root
    .command('rules')
    .summary('check, explain and translate Sigma rules')
    .description('Sigma rules: check, list, explain, translate.');
  group
    .command('check')
    .summary('lint rules: what can’t run and why, what looks wrong')
    .description(
      'Reads Sigma rules, correlations and filters as a scan would, and shows what can’t run and why, and what runs but looks wrong. Exit code 0 when everything can run, 1 when something can’t, 3 for wrong usage.',
    )
    .argument('<path...>', 'rule files or folders')
    .option('--pipeline <file>', 'pySigma field mapping to apply (repeatable)', gather)
    .option('--strict', 'warnings count as well')
    .option('--json', 'print a JSON object instead of words')
    .addHelpText('after', `\nExample:\n  chaperone rules check my-rules/ --strict`)
    .action(async (paths: string[], options) => {
      done(await (await import('./commands/rules-check.ts')).rulesCheck(paths, options, io));
    });
  group
    .command('list')
    .summary('list the rules that a scan would use')
    .description('Lists rules with level, id and title: our own, or those of the given files and folders.')
    .argument('[path...]', 'rule files or folders (default: our own)')
    .option('--json', 'a JSON object a line instead of a table')
    .action(async (paths: string[], options) => {
      done(await (await import('./commands/rules-list.ts')).rulesList(paths, options, io));
    });
  group
    .command('explain')
    .summary('show why a rule fires on an event, or doesn’t')
    .description(
      'Decodes one event as a scan would and shows, for each selection and item of a rule, what held, what didn’t, and which part of the value matched. Exit code 1 when the rule fires, 0 when it doesn’t.',
    )
    .argument('<rule>', 'a rule file, or the id or title of a rule in --rules or among our own')
    .argument('<event>', 'FILE#RECORD (line number, or EVTX record id), or a file that holds one event')
    .option('--rules <dir>', 'where to look for the rule (repeatable)', gather)
    .option('--pipeline <file>', 'pySigma field mapping to apply (repeatable)', gather)
    .option('--zone <zone>', 'time zone of stamps that state none')
    .option('--json', 'print a JSON object instead of words')
    .addHelpText(
      'after',
      `\nExamples:\n  chaperone rules explain my-rule.yml Security.evtx#48213\n  chaperone rules explain my-rule.yml events.jsonl#17\n  chaperone rules explain 5a1b...-id event.json --rules sigma/rules`,
    )
    .action(async (rule: string, event: string, options) => {
      done(await (await import('./commands/rules-explain.ts')).rulesExplain(rule, event, options, io));
    });
  group
    .command('sql')
    .summary('translate rules to ClickHouse SQL')
    .description(
      'Prints the ClickHouse SQL for each rule. Exit code 1 when one can’t be translated; the reason goes to standard error.',
    )
    .argument('<path...>', 'rule files or folders')
    .option('--table <name>', 'table that holds the events', 'events')
    .option('--pipeline <file>', 'pySigma field mapping to apply (repeatable)', gather)
    .action(async (paths: string[], options) => {
      done(await (await import('./commands/rules-sql.ts')).rulesSql(paths, options, io));
    });
};

const registry: Define = (root, io, done) => {
  const group = root
    .command('registry')
    .summary('check or propose a chaperone.yaml')
    .description('The registry file: your providers, their accounts, and what was agreed.');
  group
    .command('check')
    .summary('check a chaperone.yaml')
    .description(
      'Reads a registry file and shows what is wrong in it, by line. Exit code 0 when it is sound, 1 when it isn’t.',
    )
    .argument('<file>', 'the registry file')
    .option('--json', 'print a JSON object instead of words')
    .action(async (file: string, options) => {
      done(await (await import('./commands/registry-check.ts')).registryCheck(file, options, io));
    });
  group
    .command('propose')
    .summary('propose a chaperone.yaml from logs')
    .description(
      'Scans logs without a registry and prints the registry file that what was seen suggests. Nothing in it is a fact until you have checked it.',
    )
    .argument('<path...>', 'files or folders of logs')
    .option('--zone <zone>', 'time zone of stamps that state none')
    .addHelpText('after', `\nExample:\n  chaperone registry propose /evidence > chaperone.yaml`)
    .action(async (paths: string[], options) => {
      done(await (await import('./commands/registry-propose.ts')).registryPropose(paths, options, io));
    });
};

const doctor: Define = (root, io, done) => {
  root
    .command('doctor')
    .summary('say what is missing on this machine')
    .description(
      'Looks at this machine and says what Chaperone lacks here, and how to mend it. Exit code 0 when a scan can run, 1 when something that it needs is missing.',
    )
    .option('--out <dir>', 'folder in which reports would be written', '.')
    .option('--json', 'print a JSON array instead of words')
    .action(async (options) => {
      done(await (await import('./commands/doctor.ts')).doctor(options, io));
    });
};

const versions: Define = (root, io, done) => {
  root
    .command('version')
    .summary('print the versions of Chaperone and what it runs on')
    .action(async () => {
      done(await (await import('./commands/version.ts')).showVersion(io));
    });
};
