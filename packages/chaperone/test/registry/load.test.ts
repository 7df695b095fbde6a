import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem, loadRegistry, loadRegistryFile, registryJsonSchema } from '../../src/registry/index.ts';

const golden = fileURLToPath(new URL('golden/', import.meta.url));
const NOW = Date.UTC(2026, 10, 25);
/** Set to write the golden texts anew: look at the difference before keeping it. */
const UPDATE = process.env.UPDATE_GOLDEN === '1';

describe('loadRegistry', () => {
  const cases = readdirSync(golden).filter((name) => name.endsWith('.yaml'));

  it.each(cases)('says of %s what its golden text says', (name) => {
    const text = readFileSync(join(golden, name), 'utf8');
    const { registry, problems } = loadRegistry(text, name, { now: NOW });
    const said = `${problems.map(formatProblem).join('\n')}\n---\n${registry === undefined ? 'no registry' : describeRegistry(registry)}\n`;
    const file = join(golden, name.replace(/\.yaml$/, '.txt'));
    if (UPDATE) writeFileSync(file, said);
    expect(said).toBe(readFileSync(file, 'utf8'));
  });

  it('has a golden case for every code it can say', () => {
    const said = new Set(
      cases.flatMap((name) =>
        loadRegistry(readFileSync(join(golden, name), 'utf8'), name, { now: NOW }).problems.map(
          (problem) => problem.code,
        ),
      ),
    );
    const codes = [
      ...readFileSync(new URL('../../src/registry/problem.ts', import.meta.url), 'utf8').matchAll(/'(REGISTRY_\w+)'/g),
    ].map((match) => match[1]);
    const elsewhere = ['REGISTRY_TOO_LARGE'];
    expect([...codes].filter((code) => !said.has(code as never) && !elsewhere.includes(code!))).toEqual([]);
  });

  it('refuses what would take the memory or the stack, in a moment', () => {
    const bombs = [
      `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from({ length: 12 }, (_, i) => `${'bcdefghijklm'[i]}: &${'bcdefghijklm'[i]} [${Array(9).fill(`*${'abcdefghijklm'[i]}`).join(',')}]`).join('\n')}\norganization: *m`,
      '['.repeat(200_000),
      `${'- '.repeat(100_000)}x`,
      `a:\n${Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i)}b:`).join('\n')}`,
      'x'.repeat(9_000_000),
      '\u0000'.repeat(1000),
      `organization: {name: x, zone: UTC}\nproviders:\n${'  - {name: x, bad: 1}\n'.repeat(3000)}`,
    ];
    for (const bomb of bombs) {
      const begun = performance.now();
      const { problems } = loadRegistry(bomb, 'bomb.yaml');
      expect(problems.length).toBeGreaterThan(0);
      expect(performance.now() - begun).toBeLessThan(8_000);
    }
  });

  it('never throws, and never gives a registry from a broken document', () => {
    const base = readFileSync(join(golden, 'sound.yaml'), 'utf8');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: base.length }),
        fc.integer({ min: 0, max: 40 }),
        fc.string({ unit: 'binary-ascii', maxLength: 12 }),
        (at, cut, put) => {
          const { registry, problems } = loadRegistry(base.slice(0, at) + put + base.slice(at + cut), 'mutant.yaml', {
            now: NOW,
          });
          if (registry === undefined) expect(problems.some((problem) => problem.fatal)).toBe(true);
          for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('keeps numbers as they are written, and takes an emptied section for none', () => {
    const { registry, problems } = loadRegistry(
      'organization: {name: X, zone: UTC}\nproviders:\n  - name: Y\n    accounts:\n    tenants: {aws: [012345678901]}\n',
      'x.yaml',
    );
    expect(problems).toEqual([]);
    expect(registry!.providers[0]!.awsAccounts).toEqual(['012345678901']);
  });

  it('reads tickets from the file beside it, and from nowhere else', () => {
    const folder = mkdtempSync(join(tmpdir(), 'chaperone-registry-'));
    try {
      const text = (file: string) =>
        `organization: {name: X, zone: Europe/Berlin}\nproviders: [{name: N, slug: n}]\ntickets: ${file}\n`;
      writeFileSync(
        join(folder, 'tickets.csv'),
        '\ufeffid,provider,from,to\nT-1,n,2026-03-02T08:00,2026-03-02T10:00\nT-2,nobody,2026-03-02,2026-03-02\nT-3,n,2026-03-05,2026-03-04\n',
      );
      writeFileSync(join(folder, 'a.yaml'), text('tickets.csv'));
      const { registry, problems } = loadRegistryFile(join(folder, 'a.yaml'));
      expect(registry!.tickets!.list.map((ticket) => [ticket.id, new Date(ticket.from).toISOString()])).toEqual([
        ['T-1', '2026-03-02T07:00:00.000Z'],
      ]);
      expect(problems.map((problem) => problem.message)).toEqual([
        expect.stringContaining('line 3'),
        expect.stringContaining('line 4'),
      ]);
      for (const path of ['/etc/hostname', '../x.csv', 'missing.csv']) {
        writeFileSync(join(folder, 'b.yaml'), text(path));
        const other = loadRegistryFile(join(folder, 'b.yaml'));
        expect(other.problems[0]!.code, path).toBe('REGISTRY_TICKETS');
        expect(other.registry!.tickets, path).toBeUndefined();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('publishes the schema that it checks by', () => {
    const file = new URL('../../schema/registry.schema.json', import.meta.url);
    expect(JSON.parse(readFileSync(file, 'utf8')), 'run: node scripts/registry-schema.ts').toEqual(
      JSON.parse(JSON.stringify(registryJsonSchema())),
    );
  });
});

function describeRegistry(registry: NonNullable<ReturnType<typeof loadRegistry>['registry']>): string {
  return registry.providers
    .map((provider) => {
      const accounts = provider.accounts.map(
        (account) =>
          `${account.label}${account.contested.length > 0 ? ` (contested by ${account.contested.join(', ')})` : ''}`,
      );
      return `${provider.slug}: accounts ${accounts.join(', ') || 'none'}; networks ${provider.networks.map((network) => network.text).join(', ') || 'none'}; hosts ${provider.hosts.map((host) => host.text).join(', ') || 'none'}; tools ${provider.tools.map((tool) => tool.name).join(', ') || 'none'}; terms ${provider.terms.map((term) => term.id).join(', ') || 'none'}`;
    })
    .join('\n');
}
