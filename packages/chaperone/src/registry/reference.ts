import { registryJsonSchema } from './schema.ts';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
}

/** The reference of chaperone.yaml as Markdown tables, one for each set of keys, made from the schema. */
export function registryReference(): string {
  const sections: string[] = [];
  visit(registryJsonSchema() as Node, '', sections);
  return sections.join('\n');
}

function visit(node: Node, path: string, sections: string[]): void {
  const rows: string[] = [];
  const inner: [Node, string][] = [];
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const needed = node.required?.includes(key) === true ? 'yes' : '';
    rows.push(`| \`${key}\` | ${form(child)} | ${needed} | ${(child.description ?? '').replaceAll('|', '\\|')} |`);
    for (const [object, suffix] of objectsIn(child))
      inner.push([object, `${path === '' ? '' : `${path}.`}${key}${suffix}`]);
  }
  sections.push(
    `### ${path === '' ? 'The file' : `\`${path}\``}\n\n| key | form | needed | meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`,
  );
  for (const [object, where] of inner) visit(object, where, sections);
}

// Sets of keys inside a node, through lists and alternatives.
function objectsIn(node: Node): [Node, string][] {
  if (node.properties !== undefined) return [[node, '']];
  if (node.items !== undefined) return objectsIn(node.items).map(([object, suffix]) => [object, `[]${suffix}`]);
  return (node.anyOf ?? []).flatMap(objectsIn);
}

function form(node: Node): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.anyOf !== undefined) return [...new Set(node.anyOf.map(form))].join(' or ');
  if (node.type === 'array') return `list of ${node.items === undefined ? 'anything' : form(node.items)}`;
  if (node.type === 'object') return 'keys below';
  if (node.type === 'boolean') return '`true` or `false`';
  return 'text';
}
