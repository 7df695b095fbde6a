import { z } from 'zod';
import type { DeclaredRoute } from './define.ts';

const PROBLEM = {
  type: 'object',
  required: ['title', 'status', 'detail', 'code', 'mend'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'what is wrong, in words' },
    instance: { type: 'string' },
    code: { type: 'string', description: 'stable' },
    mend: { type: 'string', description: 'what to do about it' },
  },
};

type Json = Record<string, unknown>;

/** The API as an OpenAPI 3.1 document, made of the routes as they are declared. */
export function openApi(routes: readonly DeclaredRoute[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const { spec } of routes) {
    const path = `/api/v1${spec.path}`;
    const names = [...spec.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters: Json[] = names.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
      ...(name === 'organization' ? { description: 'short name of the organisation' } : {}),
    }));
    if (spec.query !== undefined) {
      const query = schemaOf(spec.query, 'input') as { properties?: Record<string, Json>; required?: string[] };
      for (const [name, schema] of Object.entries(query.properties ?? {}))
        parameters.push({ name, in: 'query', required: query.required?.includes(name) ?? false, schema });
    }
    const status = String(spec.status ?? 200);
    paths[path] ??= {};
    paths[path][spec.method] = {
      operationId: `${spec.method}${spec.path.replace(/[^a-zA-Z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
      summary: spec.summary,
      tags: [spec.tag],
      'x-access': spec.access,
      security: spec.access === 'public' ? [] : [{ session: [] }, { token: [] }],
      parameters,
      ...(spec.file === undefined
        ? {}
        : { requestBody: { required: true, content: { [spec.file.type]: { schema: { type: 'string' } } } } }),
      ...(spec.body === undefined
        ? {}
        : {
            requestBody: { required: true, content: { 'application/json': { schema: schemaOf(spec.body, 'input') } } },
          }),
      responses: {
        [status]: {
          description: 'done',
          ...(spec.gives === undefined ? {} : { content: { [spec.gives]: { schema: { type: 'string' } } } }),
          ...(spec.answer === undefined
            ? {}
            : { content: { 'application/json': { schema: schemaOf(spec.answer, 'output') } } }),
        },
        default: {
          description: 'a problem (RFC 9457)',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chaperone',
      version,
      description:
        'Watches what IT service providers do with their access. Lists are pages: give `next` as `cursor`. Times are RFC 3339 in UTC.',
    },
    paths,
    components: {
      schemas: { Problem: PROBLEM },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'chaperone',
          description: 'of a person who signed in; changes need the header x-csrf-token',
        },
        token: { type: 'http', scheme: 'bearer', description: 'an API token, chp_...' },
      },
    },
  };
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    target: 'draft-2020-12',
  }) as Json;
  return rest;
}
