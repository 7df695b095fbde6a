import { join } from 'node:path';
import { recountFindings } from '../../packages/chaperone/src/detection/index.ts';
import { openEventStore, openStateStore } from '../../packages/chaperone/src/storage/index.ts';
import type { House, HouseOptions } from './house.ts';
import type { Shipper } from './shippers.ts';

/** What the stores say in the end, held against what was delivered. All of the numbers but the first three must be 0. */
export interface Reckoning {
  readonly delivered: number;
  readonly stored: number;
  readonly findings: number;
  /** delivered and not there */
  readonly lost: number;
  /** and by whom */
  readonly lostOf?: string;
  /** records with two ids: an event that counts twice */
  readonly twice: number;
  /** findings that the event store names and the state store lacks */
  readonly missing: number;
  /** findings whose count isn't the number of their distinct events, as the service left them */
  readonly miscounted: number;
  /** the same after what comes by itself within five minutes */
  readonly miscountedForGood: number;
}

/** Opens the stores of a service that has ended and counts. */
export async function reckon(
  house: House,
  shippers: readonly Pick<Shipper, 'name' | 'delivered'>[],
  options: HouseOptions = {},
): Promise<Reckoning> {
  const state = await openStateStore(
    options.state === undefined ? { folder: join(house.data, 'postgres') } : { url: options.state },
  );
  const events = await openEventStore(
    options.events === undefined ? { folder: join(house.data, 'events') } : { url: options.events },
  );
  const patience = { timeout: 300 };
  try {
    const [{ id: organization }] = await state.everywhere((tx) => tx.selectFrom('organization').select('id').execute());
    // The record says which event it is; each must have one id, whatever was sent twice.
    const rows = await events.query<{ name: string; ids: string }>(
      organization,
      ({ events: table }) =>
        `SELECT extract(raw, 'event-[0-9]+') AS name, toString(uniqExact(id)) AS ids FROM ${table} GROUP BY name`,
      {},
      patience,
    );
    const there = new Map(rows.filter(({ name }) => name !== '').map(({ name, ids }) => [name, Number(ids)]));
    const counted = await events.query<{ finding: string; n: string }>(
      organization,
      ({ events: table }) =>
        `SELECT arrayJoin(findings) AS finding, toString(uniqExact(id)) AS n FROM ${table} GROUP BY finding`,
      {},
      patience,
    );
    const byStore = new Map(counted.map(({ finding, n }) => [finding, Number(n)]));
    const findings = () =>
      state.within(organization, (tx) =>
        tx.selectFrom('finding').select(['id', 'count']).where('detector', '=', 'rule').execute(),
      );
    const found = await findings();
    await recountFindings(state, events, organization, new Date(0));
    const wrong = (all: typeof found) => all.filter(({ id, count }) => byStore.get(id) !== count).length;
    const delivered = shippers.flatMap((one) => one.delivered);
    const lost = shippers.map((one) => [one.name, one.delivered.filter((name) => !there.has(name)).length] as const);
    const lostOf = lost.filter(([, records]) => records > 0).map(([name, records]) => `${name}: ${records}`);
    return {
      delivered: delivered.length,
      stored: there.size,
      findings: found.length,
      lost: lost.reduce((sum, [, records]) => sum + records, 0),
      ...(lostOf.length === 0 ? {} : { lostOf: lostOf.join(', ') }),
      twice: [...there.values()].filter((ids) => ids > 1).length,
      missing: [...byStore.keys()].filter((id) => !found.some((one) => one.id === id)).length,
      miscounted: wrong(found),
      miscountedForGood: wrong(await findings()),
    };
  } finally {
    await events.close();
    await state.close();
  }
}

export function isSound({ lost, twice, missing, miscountedForGood }: Reckoning): boolean {
  return lost + twice + missing + miscountedForGood === 0;
}
