import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { loadRegistry } from '../../registry/index.ts';
import type { Tx } from '../../storage/index.ts';
import { page, type Routes } from '../define.ts';
import { Problem } from '../problem.ts';
import * as shapes from '../shapes.ts';
import { teller } from '../told.ts';

const ORG = '/organizations/{organization}';

/** The registry (chaperone.yaml) with its versions. */
export function registryRoutes(routes: Routes): void {
  const { deps } = routes;
  const told = teller(deps);
  routes.add(
    {
      method: 'get',
      path: `${ORG}/registry`,
      access: 'registry:read',
      tag: 'Registry',
      summary: 'The registry in force',
      answer: shapes.registryVersion,
    },
    async ({ within }) => {
      const row = await within((tx) =>
        tx.selectFrom('registry_version').selectAll().where('active', '=', true).executeTakeFirst(),
      );
      if (row === undefined)
        throw new Problem(404, 'no_registry', 'There is no registry yet.', 'Load a chaperone.yaml.');
      const { organization_id: _, ...shown } = row;
      return shown;
    },
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/registry/versions`,
      access: 'registry:read',
      tag: 'Registry',
      summary: 'All versions, newest first',
      answer: page(shapes.registryVersion),
    },
    async ({ within }) => ({
      items: await within((tx) =>
        tx
          .selectFrom('registry_version')
          .select(['id', 'version', 'hash', 'loaded_by', 'loaded_at', 'active', 'document'])
          .orderBy('version', 'desc')
          .execute(),
      ),
      next: null,
    }),
  );
  routes.add(
    {
      method: 'get',
      path: `${ORG}/providers`,
      access: 'findings:read',
      tag: 'Registry',
      summary: 'The providers of the registry in force, by their short names',
      answer: page(shapes.provider),
    },
    async ({ within, membership }) => {
      const names = providerNames(await within(registryText));
      return {
        items: [...names]
          .map(([slug, name]) => ({ slug, name }))
          .filter(({ slug }) => membership.provider === null || membership.provider === slug),
        next: null,
      };
    },
  );
  routes.add(
    {
      method: 'put',
      path: `${ORG}/registry`,
      access: 'registry:write',
      tag: 'Registry',
      summary: 'Load a chaperone.yaml; with dry_run only say what is wrong in it',
      body: z.object({ document: z.string().min(1).max(2_000_000), dry_run: z.boolean().default(false) }),
      answer: z.object({ version: z.number().nullable(), problems: z.array(shapes.registryProblem) }),
    },
    async (call) => {
      const { document, dry_run } = call.body;
      const { registry, problems } = loadRegistry(document, 'chaperone.yaml');
      if (dry_run) return { version: null, problems };
      if (registry === undefined)
        throw new Problem(
          422,
          'registry_refused',
          problems[0]?.message ?? 'It can’t be read.',
          problems[0]?.mend ?? 'docs/registry.md has an example.',
          { problems },
        );
      const hash = createHash('sha256').update(document).digest('hex');
      const next = await call.within(async (tx) => {
        const last = await tx
          .selectFrom('registry_version')
          .select('version')
          .orderBy('version', 'desc')
          .limit(1)
          .forUpdate()
          .executeTakeFirst();
        const number = (last?.version ?? 0) + 1;
        await tx.updateTable('registry_version').set({ active: false }).where('active', '=', true).execute();
        const id = randomUUID();
        await tx
          .insertInto('registry_version')
          .values({
            id,
            organization_id: call.organization,
            version: number,
            document,
            hash,
            loaded_by: call.principal.kind === 'user' ? call.principal.id : null,
            active: true,
          })
          .execute();
        await told(call, tx, 'registry.load', 'registry', id, { version: number, hash });
        return number;
      });
      await deps.reload(call.organization);
      return { version: next, problems };
    },
  );
}

async function registryText(tx: Tx): Promise<string | undefined> {
  const row = await tx.selectFrom('registry_version').select('document').where('active', '=', true).executeTakeFirst();
  return row?.document;
}

function providerNames(document: string | undefined): ReadonlyMap<string, string> {
  const providers = document === undefined ? [] : (loadRegistry(document, 'chaperone.yaml').registry?.providers ?? []);
  return new Map(providers.map(({ slug, name }) => [slug, name]));
}
