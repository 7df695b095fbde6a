import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { run } from '../../src/cli/run.ts';
import { memoryIo } from '../../testkit/memory-io.ts';

const page = fileURLToPath(new URL('../../../../docs/cli.md', import.meta.url));
const block = /<!-- help:(.*?)-->\n[\s\S]*?<!-- \/help -->/g;

async function help(command: string): Promise<string> {
  const io = memoryIo({ cwd: '/' });
  const code = await run([...command.split(' ').filter((word) => word !== ''), '--help'], io);
  expect(code).toBe(0);
  expect(io.err()).toBe('');
  return io.out().trimEnd();
}

test('docs/cli.md shows the help that the program prints', async () => {
  const text = readFileSync(page, 'utf8');
  const blocks: string[] = [];
  for (const [, name] of text.matchAll(block))
    blocks.push(`<!-- help:${name}-->\n\n\`\`\`text\n${await help(name.trim())}\n\`\`\`\n\n<!-- /help -->`);
  let next = 0;
  const expected = text.replace(block, () => blocks[next++]);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(page, expected);
  expect(readFileSync(page, 'utf8')).toBe(expected);
});

test('docs/cli.md names every command', () => {
  const text = readFileSync(page, 'utf8');
  const named = [...text.matchAll(block)].map(([, name]) => name.trim());
  const all: string[] = [''];
  const walk = (command: Command, path: string) => {
    for (const each of command.commands.filter((one) => one.name() !== 'help')) {
      all.push(`${path} ${each.name()}`.trim());
      walk(each, `${path} ${each.name()}`.trim());
    }
  };
  walk(
    program(memoryIo({ cwd: '/' }), () => {}),
    '',
  );
  expect(named.sort()).toEqual(all.sort());
});

test.each([
  [['scan']],
  [['scan', '/x', '--level', 'severe']],
  [['scan', '/x', '--nonsense']],
  [['nonsense']],
  [[]],
  [['rules']],
])('wrong usage is exit code 3, on standard error: %j', async (argv) => {
  const io = memoryIo({ cwd: '/' });
  expect(await run(argv, io)).toBe(3);
  expect(io.out()).toBe('');
  expect(io.err()).not.toBe('');
});

test('--version and version agree', async () => {
  const short = memoryIo({ cwd: '/' });
  expect(await run(['--version'], short)).toBe(0);
  const long = memoryIo({ cwd: '/' });
  expect(await run(['version'], long)).toBe(0);
  expect(long.out()).toContain(`chaperone ${short.out().trim()}\n`);
});
