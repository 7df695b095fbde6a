interface Operation {
  readonly summary: string;
  readonly tags: readonly string[];
  readonly 'x-access': string;
  readonly parameters: readonly {
    readonly name: string;
    readonly in: string;
    readonly required: boolean;
    readonly schema: unknown;
  }[];
  readonly requestBody?: { readonly content: Record<string, { readonly schema: unknown }> };
  readonly responses: Record<string, { readonly content?: Record<string, { readonly schema: unknown }> }>;
}

const STYLE = `body{font:16px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem;color-scheme:light dark}
code,pre{font:13px/1.4 ui-monospace,monospace}pre{overflow:auto;border:1px solid #8888;padding:.5rem;border-radius:4px}
h2{margin-top:2.5rem;border-bottom:1px solid #8888}summary{cursor:pointer;padding:.25rem 0}b{display:inline-block;min-width:4.5rem}`;

/** The API as a page to read: made of its OpenAPI document, without scripts and without anything from elsewhere. */
export function docsPage(document: Record<string, unknown>): string {
  const paths = document.paths as Record<string, Record<string, Operation>>;
  const byTag = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(paths))
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0];
      byTag.set(tag, [...(byTag.get(tag) ?? []), section(method, path, operation)]);
    }
  const body = [...byTag].map(([tag, sections]) => `<h2>${text(tag)}</h2>${sections.join('')}`).join('');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Chaperone: API</title><style>${STYLE}</style>
<h1>Chaperone’s API</h1><p>The same as a document for programs: <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1). Sign in, or send <code>Authorization: Bearer chp_...</code>.
Errors are <code>application/problem+json</code> (RFC 9457) with a stable <code>code</code> and, in <code>mend</code>, what to do.</p>${body}</html>`;
}

function section(method: string, path: string, operation: Operation): string {
  const parts: string[] = [`<p>Who may: <code>${text(operation['x-access'])}</code></p>`];
  if (operation.parameters.length > 0)
    parts.push(
      `<ul>${operation.parameters.map(({ name, in: where, required }) => `<li><code>${text(name)}</code> in ${text(where)}${required ? '' : ', optional'}</li>`).join('')}</ul>`,
    );
  const body = operation.requestBody?.content['application/json']?.schema;
  if (body !== undefined) parts.push(`<p>Body</p><pre>${text(JSON.stringify(body, null, 2))}</pre>`);
  for (const [status, { content }] of Object.entries(operation.responses)) {
    const schema = content?.['application/json']?.schema;
    if (schema !== undefined)
      parts.push(`<p>Answer ${text(status)}</p><pre>${text(JSON.stringify(schema, null, 2))}</pre>`);
  }
  return `<details><summary><b>${text(method.toUpperCase())}</b> <code>${text(path)}</code> ${text(operation.summary)}</summary>${parts.join('')}</details>`;
}

function text(value: string): string {
  return value.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char);
}
