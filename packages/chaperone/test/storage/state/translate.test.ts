import { expect, test } from 'vitest';
import { StoreUnavailable } from '../../../src/storage/index.ts';
import { translate } from '../../../src/storage/state/translate.ts';

const said = (code: string | undefined, message = 'said') => translate(Object.assign(new Error(message), { code }));

test('what may go well in a moment is told from what never will', () => {
  for (const code of ['08006', '40001', '40P01', '53100', '57014', '57P01', '58030', '25006', '55P03', 'ECONNREFUSED'])
    expect(said(code), code).toBeInstanceOf(StoreUnavailable);
  for (const message of ['Query read timeout', 'Connection terminated unexpectedly'])
    expect(said(undefined, message), message).toBeInstanceOf(StoreUnavailable);
  for (const code of ['22P05', '23505', '42P01', undefined])
    expect(said(code), code).not.toBeInstanceOf(StoreUnavailable);
});
