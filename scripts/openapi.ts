// Writes docs/openapi.json from the routes as they are declared: `npm run openapi`. Run after changing routes; a test compares.
import { writeFileSync } from 'node:fs';
import manifest from '../packages/chaperone/package.json' with { type: 'json' };
import { apiDocument } from '../packages/chaperone/src/api/index.ts';

writeFileSync(
  new URL('../docs/openapi.json', import.meta.url),
  `${JSON.stringify(apiDocument(manifest.version), null, 2)}\n`,
);
