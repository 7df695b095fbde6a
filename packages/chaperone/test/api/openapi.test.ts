import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { apiDocument } from '../../src/api/index.ts';

const committed = readFileSync(new URL('../../../../docs/openapi.json', import.meta.url), 'utf8');

test('docs/openapi.json is what the routes declare (npm run openapi writes it)', () => {
  expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(apiDocument(manifest.version))));
});

test('it is sound OpenAPI 3.1', async () => {
  const config = await createConfig({
    rules: {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'no-identical-paths': 'error',
      'no-ambiguous-paths': 'error',
      'path-declaration-must-exist': 'error',
      'path-not-include-query': 'error',
      'path-parameters-defined': 'error',
      'operation-operationId': 'error',
      'operation-operationId-unique': 'error',
      'operation-operationId-url-safe': 'error',
      'operation-parameters-unique': 'error',
      'operation-summary': 'error',
      'security-defined': 'error',
      'no-empty-servers': 'off',
      'no-enum-type-mismatch': 'error',
      'no-required-schema-properties-undefined': 'error',
    },
  });
  const problems = await lintFromString({ source: committed, config });
  expect(problems.map(({ ruleId, message, location }) => `${location[0]?.pointer}: ${ruleId}: ${message}`)).toEqual([]);
  // The validator does see what is wrong.
  const broken = await lintFromString({ source: committed.replace('"responses"', '"response"'), config });
  expect(broken.map(({ ruleId }) => ruleId)).toContain('struct');
});

test('every route says what it takes, gives and who may call it', () => {
  const { paths } = JSON.parse(committed) as {
    paths: Record<string, Record<string, { 'x-access': string; summary: string; tags: string[]; responses: object }>>;
  };
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(operations.length).toBeGreaterThan(80);
  for (const operation of operations) {
    expect(operation['x-access']).toMatch(/^(public|half|session|installation|[a-z]+:(read|write))$/);
    expect([operation.tags.length, operation.summary.length > 5]).toEqual([1, true]);
    expect(operation.responses).toHaveProperty('default');
  }
});
