import pg from 'pg';

/** Statements that travelled together, in order: one round trip. */
export type Trip = readonly string[];

/** Hears every round trip of every connection of this process. @returns stops it */
export function hearTrips(hear: (client: pg.Client, trip: Trip) => void): () => void {
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    hear(this, tripOf(args[0]));
    return original.apply(this, args);
  } as typeof pg.Client.prototype.query;
  return () => {
    pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
  };
}

/** What was asked, with its values as they travelled. */
export interface Query {
  text: string;
  values: readonly unknown[];
}

/** Hears every statement of every connection of this process. @returns stops it */
export function hearQueries(hear: (query: Query) => void): () => void {
  const original = pg.Client.prototype.query as (...args: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const { texts = [], values = [] } = args[0] as { texts?: Trip; values?: readonly (readonly unknown[])[] };
    for (const [n, text] of texts.entries()) hear({ text, values: values[n] ?? [] });
    return original.apply(this, args);
  } as typeof pg.Client.prototype.query;
  return () => {
    pg.Client.prototype.query = original as typeof pg.Client.prototype.query;
  };
}

function tripOf(query: unknown): Trip {
  if (typeof query === 'string') return [query];
  const { text, texts = [text] } = query as { text: string; texts?: Trip };
  return texts;
}

/** Every round trip that pools make while `work` runs, by connection. */
export async function counted(work: () => Promise<unknown>): Promise<Trip[][]> {
  const made = new Map<pg.Client, Trip[]>();
  const stop = hearTrips((client, trip) => {
    made.set(client, [...(made.get(client) ?? []), trip]);
  });
  try {
    await work();
  } finally {
    stop();
  }
  return [...made.values()];
}

/** The transactions among the round trips of one connection, each from its BEGIN to its COMMIT. */
export function transactionsOf(trips: readonly Trip[]): Trip[][] {
  const found: Trip[][] = [];
  for (const trip of trips) {
    if (trip[0]?.startsWith('BEGIN') === true) found.push([]);
    found.at(-1)?.push(trip);
  }
  return found.map((list) => list.slice(0, list.findIndex((trip) => trip.at(-1) === 'COMMIT') + 1));
}
