import { Hono } from 'hono';
import { type ApiEnv, Routes } from './define.ts';
import type { ApiDeps } from './deps.ts';
import { openApi } from './openapi.ts';
import { addRoutes } from './routes/index.ts';

/** The API's OpenAPI document without a service: declaring routes calls nothing of what they will call. */
export function apiDocument(version: string): Record<string, unknown> {
  const routes = new Routes(new Hono<ApiEnv>(), { publicUrl: 'https://chaperone.invalid' } as ApiDeps);
  addRoutes(routes);
  return openApi(routes.declared, version);
}
