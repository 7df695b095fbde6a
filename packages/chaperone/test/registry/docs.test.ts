import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { detectChange } from '../../src/detection/change/index.ts';
import { loadRegistry, registryReference } from '../../src/registry/index.ts';
import { CHECKS } from '../../src/registry/load/exceptions.ts';
import { logon, Scene } from '../detection/facts.ts';

const page = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
const blocks = (text: string) => [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1]!);
const NOW = Date.UTC(2026, 5, 1);

describe('docs/registry.md', () => {
  const [example] = blocks(page('registry.md'));

  it('has an example without a mistake', () => {
    const { registry, problems } = loadRegistry(example!, 'example.yaml', { now: NOW });
    expect(problems).toEqual([]);
    expect(registry!.providers[0]!.terms.map((term) => term.id)).toEqual(['office-hours', 'agent']);
  });

  it('has an example that finds what it says it finds', () => {
    const registry = loadRegistry(example!, 'example.yaml', { now: NOW }).registry!;
    const scene = () => new Scene(registry);
    const vpn = { 'src_endpoint.ip': '10.20.99.7' };
    const ids = (one: Scene) => one.finish().findings.map((finding) => finding.rule.id);
    // Night, no ticket: broken, whatever the VPN's log would say.
    expect(ids(scene().event(logon('CLINIC\\ng-tom', vpn), '2026-03-03T01:14:00Z'))).toEqual([
      'term/northgate/office-hours/when+ticket',
    ]);
    // In the ticket's time, without a VPN log: cannot tell.
    const open = scene().event(logon('CLINIC\\ng-anna', vpn), '2026-03-02T09:00:00Z').finish();
    expect(open.findings).toEqual([]);
    expect(open.unanswered).toMatchObject([{ mend: 'Add the VPN gateway’s log to the scan.' }]);
    const stranger = scene().event(logon('CLINIC\\ng-carl', vpn), '2026-03-02T09:00:00Z');
    expect(detectChange(registry, stranger.activities).findings.map((finding) => finding.rule.id)).toEqual([
      'check/undeclared-account',
    ]);
  });

  it('holds the reference that the schema makes', () => {
    const between = /<!-- reference: begin -->\n([\s\S]*)<!-- reference: end -->/.exec(page('registry.md'))![1]!;
    expect(between.trim(), 'run: node scripts/registry-schema.ts').toBe(registryReference().trim());
  });
});

describe('docs/terms.md', () => {
  it('has examples without a mistake', () => {
    for (const block of blocks(page('terms.md')))
      expect(loadRegistry(block, 'example.yaml', { now: NOW }).problems).toEqual([]);
  });

  it('tells Friday night as it is', () => {
    const registry = loadRegistry(blocks(page('terms.md'))[0]!, 'example.yaml', { now: NOW }).registry!;
    const found = (time: string) => new Scene(registry).event(logon('CLINIC\\ng-anna'), time).finish().findings.length;
    // Saturday 2026-03-07, 05:59 and 06:00 in Berlin
    expect([found('2026-03-07T04:59:00Z'), found('2026-03-07T05:00:00Z')]).toEqual([0, 1]);
  });

  it('names every check', () => {
    for (const check of CHECKS) expect(page('terms.md')).toContain(`\`${check}\``);
  });
});
