import { Client } from '../demo/client.ts';
import type { Described, Heard } from './documented.ts';
import { Chance } from './chance.ts';
import type { Document } from './fuzzer.ts';
import { Fuzz, type Speak } from './fuzzing.ts';
import { House } from './house.ts';
import type { Report, Say } from './run.ts';
import { openMarket, orderOf, type Market } from './trade.ts';

const ROLES = ['warehouse', 'support', 'finance'] as const;
const PASSWORD = 'a long enough password';
const ORDERS = 5;
const TOLD_EVERY = 10_000;
const SHOWN = 20;
/** The feed waits up to 30 s for an event if asked to; nothing may take longer. */
const LONGEST_MS = 35_000;

/** A stranger, a merchant, and everybody of the operator's. */
async function callersOf(house: House, { admin, anyone, shops }: Market): Promise<Speak[]> {
  const tokens: (string | null)[] = [null, shops[0]?.token ?? '', house.token];
  for (const role of ROLES) {
    const person = { email: `${role}@operator.example`, password: PASSWORD };
    await admin.post('/v1/users', { ...person, roles: [role] });
    tokens.push((await anyone.post<{ token: string }>('/v1/sessions', person)).token);
  }
  return tokens.map((token) => speaker(house, token));
}

/** Answers with the status 0, which no document lists, where the service does not. */
const speaker =
  (house: House, token: string | null): Speak =>
  async (method, address, body, headers): Promise<Heard> => {
    const credentials: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    try {
      const answer = await fetch(`${house.bases[0] ?? ''}${address}`, {
        method: method.toUpperCase(),
        headers: { ...headers, ...credentials },
        ...(body === null ? {} : { body }),
        redirect: 'manual',
        signal: AbortSignal.timeout(LONGEST_MS),
      });
      return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() };
    } catch (error) {
      return { status: 0, type: '', text: String(error) };
    }
  };

/** Requests out of the document, of every caller, each answer held to it; then the whole house is looked at. */
export async function playFuzz({ seed, requests }: { seed: number; requests: number }, say: Say): Promise<Report> {
  const house = await House.open({ roles: ['all'], fast: true });
  try {
    const market = await openMarket(house.client, house.token, seed);
    const document = await house.client.get<Document & Described>('/openapi.json');
    const fuzz = new Fuzz(document, await callersOf(house, market), seed);
    const shop = new Client(house.bases[0] ?? '', market.shops[0]?.token ?? '');
    const chance = new Chance(seed);
    for (let n = 0; n < ORDERS; n += 1)
      fuzz.note(JSON.stringify(await shop.post('/v1/orders', orderOf(chance, `FUZZ-${n}`))));
    await fuzz.play(requests, (n) => {
      if (n % TOLD_EVERY === 0)
        say(`${n} of ${requests} requests: ${fuzz.done} did something, ${fuzz.faults.length} faults`);
    });
    const checked = await house.check();
    const statuses = [...fuzz.statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
    const faults = fuzz.faults.map(
      ({ n, fault, line, body, said }) => `${n} ${line} ${body?.slice(0, 200) ?? ''}: ${fault}; ${said}`,
    );
    return {
      counts: { requests, 'did something': fuzz.done, answers: statuses.join(', '), ...checked.counts },
      holds: [
        ...(faults.length === 0
          ? ['every answer has a status, a code and a shape that the document gives it; no 5xx']
          : []),
        ...checked.holds,
      ],
      faults: [...(await house.explained(faults.slice(0, SHOWN))), ...checked.faults],
    };
  } finally {
    await house.close();
  }
}
