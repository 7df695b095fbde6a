import type { ConditionTrace, Explanation, ItemTrace, NodeTrace, SelectionTrace } from '@chaperone/sigma';
import { inert } from '../../telemetry/index.ts';

/** Characters of a value inside a sentence. */
const MAX_VALUE = 160;
/** Fields that a sentence tells of. */
const MAX_FIELDS = 4;
/** Things said of one field. */
const MAX_SAID = 3;

type Selections = ReadonlyMap<string, SelectionTrace>;

/** What is to be said of one field: its value, and what the rule finds in it. */
interface Told {
  readonly field: string | null;
  readonly value: string | undefined;
  /** the value is just what the rule asks for, so there is nothing to add */
  plain: boolean;
  readonly said: string[];
}

/**
 * Why a rule holds, for somebody who doesn't know its inside: the event's own fields with their values, and what the rule sees
 * in them. Which selection says so stands in the finding's evidence. Text from the log is made inert.
 *
 * @example
 * // CommandLine is `rar a -hpK n.rar`, which contains ` -hp`; Image is `C:\t\rar.exe`
 */
export function reasons(explanation: Explanation): string {
  const selections = new Map(explanation.selections.map((one) => [one.name, one]));
  const found = new Finder(selections);
  found.condition(explanation.condition, true);
  const told = [...found.told.values()];
  const parts = told.slice(0, MAX_FIELDS).map(sayField);
  const more = told.length - parts.length;
  if (more > 0) parts.push(`${more} more field${more === 1 ? '' : 's'} fit${more === 1 ? 's' : ''}`);
  if (found.exceptions.size > 0) {
    const names = [...found.exceptions];
    const list = names.slice(0, 3).map((name) => `\`${inert(name)}\``);
    parts.push(`none of its exceptions (${list.join(', ')}${names.length > 3 ? ' ...' : ''}) applies`);
  }
  return parts.join('; ');
}

/** Gathers what decided, field by field, in the order of the rule. */
class Finder {
  readonly told = new Map<string, Told>();
  readonly exceptions = new Set<string>();
  private readonly selections: Selections;

  constructor(selections: Selections) {
    this.selections = selections;
  }

  condition(trace: ConditionTrace, wanted: boolean): void {
    switch (trace.kind) {
      case 'and':
      case 'or':
        for (const inner of trace.of) if (inner.held === trace.held) this.condition(inner, wanted);
        break;
      case 'not':
        this.condition(trace.of, !wanted);
        break;
      case 'selection':
        this.selection(trace.name, wanted);
        break;
      case 'of':
        if (wanted) {
          for (const name of trace.names) if (this.selections.get(name)?.held === true) this.selection(name, true);
        } else this.exceptions.add(trace.written.replace(/^(?:all|any|\d+) of /i, ''));
    }
  }

  private selection(name: string, wanted: boolean): void {
    const selection = this.selections.get(name);
    if (!wanted) this.exceptions.add(name);
    else if (selection?.held === true) this.node(selection.node);
  }

  private node(node: NodeTrace): void {
    if (node.kind === 'item') this.item(node);
    else if (node.kind === 'not') this.node(node.of);
    else for (const inner of node.of) if (inner.held === node.held) this.node(inner);
  }

  private item(item: ItemTrace): void {
    const field = item.field === null ? null : (item.sourceField ?? item.field);
    const value = item.value === undefined ? undefined : around(item);
    const key = `${field ?? ''}\0${value ?? ''}`;
    let told = this.told.get(key);
    if (told === undefined) {
      told = { field, value, plain: false, said: [] };
      this.told.set(key, told);
    }
    if (item.held && value !== undefined && isPlain(item)) told.plain = true;
    else {
      const words = clean(item.held ? item.asked : item.denied);
      if (!told.said.includes(words)) told.said.push(words);
    }
  }
}

/** Whether the rule asks for just this value: then saying the value says it all. */
function isPlain({ asked, value }: ItemTrace): boolean {
  const text = value!.text.toLowerCase();
  return asked.toLowerCase() === `is \`${text}\`` || asked.startsWith('is the number ') || asked === `is ${text}`;
}

function sayField({ field, value, plain, said }: Told): string {
  const name = field === null ? 'a value of the event' : clean(field);
  const things = said.slice(0, MAX_SAID);
  const what =
    things.length < 2 ? (things[0] ?? '') : `${things.slice(0, -1).join(', ')} and ${things[things.length - 1]}`;
  const more = said.length > things.length ? ` (and ${said.length - things.length} more)` : '';
  if (value === undefined) return `${name} ${what}${more}`;
  const is = `${name} is \`${value}\``;
  return plain || what === '' ? is : `${is}, which ${what}${more}`;
}

/** The value, or the surroundings of what matched where it is long. */
function around(item: ItemTrace): string {
  const value = item.value!;
  const at = value.matched === undefined ? 0 : value.matched[0] - value.offset;
  const from = value.text.length <= MAX_VALUE ? 0 : Math.max(0, Math.min(at - 40, value.text.length - MAX_VALUE));
  const text = value.text.slice(from, from + MAX_VALUE);
  const before = value.offset + from > 0 ? '...' : '';
  const after = value.offset + from + text.length < value.length ? '...' : '';
  return `${before}${clean(text)}${after}`;
}

/** On one line, with nothing that acts. */
function clean(text: string): string {
  return inert(text.replace(/[\s\0]+/g, ' ').trim(), 400);
}
