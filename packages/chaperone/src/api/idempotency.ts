import type { Context } from 'hono';
import { digest } from '../identity/index.ts';
import type { StateStore } from '../storage/index.ts';
import type { ApiEnv } from './define.ts';
import { Problem } from './problem.ts';

const LONGEST_KEY = 200;
/** Answers longer than this aren't kept: they hold nothing that can't be asked again. */
const MOST_BODY = 64 * 1024;
const SECRET = /"secret":|"link":|"codes":|"uri":/;

/**
 * The same POST with the same Idempotency-Key is done once: a repeat gets the first answer. Answers with secrets in them are not kept, so a
 * repeat of those is told that it was done. Asked only for who may call the route now.
 *
 * @param text the body
 */
export async function once(
  state: StateStore,
  context: Context<ApiEnv>,
  text: string,
  work: () => Promise<Response>,
): Promise<Response> {
  const key = context.req.header('idempotency-key');
  const principal = context.get('principal');
  if (key === undefined || principal === undefined) return work();
  if (key.length > LONGEST_KEY)
    throw new Problem(400, 'key_too_long', 'The Idempotency-Key is too long.', 'A UUID is enough.');
  const id = digest(`${principal.kind}/${principal.id}/${context.req.path}/${key}`);
  const request = digest(text);
  const known = await state.everywhere(async (tx) => {
    const made = await tx
      .insertInto('idempotency')
      .values({ id, request_hash: request })
      .onConflict((conflict) => conflict.doNothing())
      .returning('id')
      .executeTakeFirst();
    return made === undefined
      ? tx.selectFrom('idempotency').selectAll().where('id', '=', id).executeTakeFirst()
      : undefined;
  });
  if (known !== undefined) {
    if (known.request_hash !== request)
      throw new Problem(
        422,
        'key_reused',
        'This Idempotency-Key was used for another request.',
        'Take a new key for each request.',
      );
    if (known.status === null)
      throw new Problem(409, 'in_progress', 'The same request is being done.', 'Ask again in a moment.', {}, 1);
    return new Response(known.status === 204 ? null : (known.body ?? ''), {
      status: known.status,
      headers: { 'content-type': 'application/json', 'idempotent-replay': 'true' },
    });
  }
  const forget = () => state.everywhere((tx) => tx.deleteFrom('idempotency').where('id', '=', id).execute());
  let answer: Response;
  try {
    answer = await work();
  } catch (error) {
    await forget();
    throw error;
  }
  const { status } = answer;
  if (status >= 400) {
    await forget();
    return answer;
  }
  const body = status === 204 ? '' : await answer.clone().text();
  const kept = body.length > MOST_BODY || SECRET.test(body) ? '{"note":"It was done; its answer is not kept."}' : body;
  await state.everywhere((tx) =>
    tx.updateTable('idempotency').set({ status, body: kept }).where('id', '=', id).execute(),
  );
  return answer;
}
