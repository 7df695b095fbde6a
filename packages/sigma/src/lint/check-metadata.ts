import { nearest, quote } from '../errors.ts';
import { entry } from '../load/attributes.ts';
import { KNOWN_ATTRIBUTES } from '../load/metadata.ts';
import type { YamlNode } from '../load/yaml.ts';
import type { LintDocument } from './check.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'];
/** Of the specification. */
const MAX_TITLE = 256;

/** title, id, status, description, dates, tags, and attributes whose name is nearly a known one */
export function checkMetadata(document: LintDocument): void {
  const { map } = document;
  checkTitle(document);
  checkId(document);
  if (document.kind === 'rule') checkStatus(document);
  if (document.kind !== 'filter' && textAt(entry(map, 'description')?.value) === undefined) {
    document.report('description-missing', map.at, 'there is no description', 'say in a sentence what the rule finds');
  }
  checkDates(document);
  checkTags(document);
  for (const { key, at } of map.entries) {
    if (KNOWN_ATTRIBUTES.includes(key)) continue;
    const near = key.length > 3 ? nearest(key, KNOWN_ATTRIBUTES) : undefined;
    if (near !== undefined && entry(map, near) === undefined) {
      document.report(
        'attribute-unknown',
        at,
        `the attribute ${quote(key)} means nothing`,
        `did you mean ${quote(near)}?`,
      );
    }
  }
}

function textAt(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.text.trim() !== '' ? node.text : undefined;
}

function checkTitle({ map, report }: LintDocument): void {
  const found = entry(map, 'title');
  const title = textAt(found?.value);
  if (title === undefined)
    report('title-missing', found?.at ?? map.at, 'there is no title', 'say in a few words what the rule finds');
  else if (title.length > MAX_TITLE) {
    report(
      'title-length',
      found!.value.at,
      `the title has ${title.length} characters, more than ${MAX_TITLE}`,
      'move the detail to the description',
    );
  }
}

function checkId({ map, report }: LintDocument): void {
  const found = entry(map, 'id');
  const id = textAt(found?.value);
  const mend = 'give it a random UUID (version 4)';
  if (id === undefined)
    report(
      'id-missing',
      found?.at ?? map.at,
      'there is no id, so findings change their rule when the file is renamed',
      mend,
    );
  else if (!UUID.test(id)) report('id-form', found!.value.at, `the id ${quote(id)} isn't a UUID`, mend);
}

function checkStatus({ map, report }: LintDocument): void {
  const found = entry(map, 'status');
  const status = textAt(found?.value);
  const mend = `use one of ${STATUSES.join(', ')}`;
  if (status === undefined) report('status-missing', found?.at ?? map.at, 'there is no status', mend);
  else if (!STATUSES.includes(status))
    report('status-unknown', found!.value.at, `there is no status ${quote(status)}`, mend);
}

function checkDates({ map, report }: LintDocument): void {
  for (const key of ['date', 'modified']) {
    const node = entry(map, key)?.value;
    const text = textAt(node);
    if (text === undefined || isDate(text)) continue;
    report(
      'date-form',
      node!.at,
      `${quote(key)} is ${quote(text)}, not a date of the form YYYY-MM-DD`,
      'write, for example, 2024-03-05',
    );
  }
}

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

function checkTags({ map, report }: LintDocument): void {
  const node = entry(map, 'tags')?.value;
  for (const item of node?.kind === 'list' ? node.items : []) {
    const tag = textAt(item);
    if (tag === undefined || /^[a-z0-9_-]+\.[a-z0-9._-]+$/.test(tag)) continue;
    report(
      'tag-form',
      item.at,
      `the tag ${quote(tag)} isn't of the form namespace.value in lower case`,
      'write, for example, attack.t1059.001',
    );
  }
}
