import { eachLine } from './lines.ts';
import { ensureFew } from './read-body.ts';

/** What one action of a bulk asks for. */
export interface BulkItem {
  readonly action: 'index' | 'create' | 'other';
  readonly name: string;
  readonly index: string;
  readonly id: string | undefined;
  /** why it can't be done; undefined: its document is taken */
  readonly error: string | undefined;
}

export interface Bulk {
  readonly items: readonly BulkItem[];
  readonly documents: readonly Buffer[];
}

const ACTION = /^\s*\{\s*"(index|create|update|delete)"\s*:\s*(\{.*\})\s*\}\s*$/s;

/**
 * Takes a body of Elasticsearch's `_bulk` apart: an action line, then, but for `delete`, a document line. Documents are not parsed; they are the
 * records. Undefined: a line where an action should be is none, and nothing of the body can be trusted.
 */
export function parseBulk(body: Buffer, index: string): Bulk | undefined {
  const items: BulkItem[] = [];
  const documents: Buffer[] = [];
  let pending: { name: string; index: string; id: string | undefined } | undefined;
  let broken = false;
  let lastLine: Buffer | undefined;
  let last: { name: string; index: string; id: string | undefined } | undefined;
  eachLine(body, (line) => {
    if (broken) return;
    ensureFew(items.length + 1);
    if (pending === undefined) {
      // Shippers write the same action line for thousands of documents.
      if (lastLine !== undefined && last !== undefined && last.id === undefined && line.equals(lastLine)) {
        pending = last;
        return;
      }
      const action = actionOf(line, index);
      if (action === undefined) {
        broken = true;
        return;
      }
      if (action.name === 'delete')
        items.push({ ...action, action: 'other', error: 'documents are kept here and never deleted by a shipper' });
      else pending = action;
      lastLine = line;
      last = action;
      return;
    }
    const { name } = pending;
    if (name === 'update')
      items.push({ ...pending, action: 'other', error: 'documents are kept as they came; use create or index' });
    else {
      items.push({ ...pending, action: name as 'index' | 'create', error: undefined });
      documents.push(line);
    }
    pending = undefined;
  });
  return broken || pending !== undefined ? undefined : { items, documents };
}

function actionOf(line: Buffer, index: string): { name: string; index: string; id: string | undefined } | undefined {
  if (line.length > 4096) return undefined;
  const found = ACTION.exec(line.toString('utf8'));
  if (found === null) return undefined;
  try {
    const about = JSON.parse(found[2]) as { _index?: unknown; _id?: unknown };
    return {
      name: found[1],
      index: typeof about._index === 'string' ? about._index : index,
      id: typeof about._id === 'string' ? about._id : undefined,
    };
  } catch {
    return undefined;
  }
}

/** The answer's body: one result for each action, in order. */
export function bulkAnswer(bulk: Bulk, took: number): string {
  const items = bulk.items.map(({ name, index, id, error }) => {
    const about = `"_index":${JSON.stringify(index)},"_id":${JSON.stringify(id ?? '')}`;
    if (error !== undefined)
      return `{"${name}":{${about},"status":400,"error":{"type":"action_request_validation_exception","reason":${JSON.stringify(error)}}}}`;
    return `{"${name}":{${about},"_version":1,"result":"created","status":201}}`;
  });
  const errors = bulk.items.some(({ error }) => error !== undefined);
  return `{"took":${Math.round(took)},"errors":${errors},"items":[${items.join(',')}]}`;
}
