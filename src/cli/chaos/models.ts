import { DataSource } from 'typeorm';
import { Config } from '../../config.ts';
import { ensureDatabase, migrate } from '../../database/migrate.ts';
import { asHouse } from '../../database/scope.ts';
import { closeApp, createApp } from '../../service.ts';
import { LedgerVerification, WalletService } from '../../wallet/wallet.service.ts';
import { ADMIN, House } from './house.ts';
import { playLedger, type ModelSize } from './ledger-play.ts';
import { playOrders } from './order-play.ts';
import type { Report, Say } from './run.ts';
import { openMarket } from './trade.ts';

const TOLD_EVERY = 100;

/** The service beside independent models of it, over any history; then the whole house is looked at. */
export async function playModels(size: ModelSize, say: Say): Promise<Report> {
  const house = await House.open({ roles: ['all'], fast: true });
  try {
    const { anyone, admin, now } = await openMarket(house.client, house.token, size.seed);
    const told = (what: string) => (run: number) => {
      if (run % TOLD_EVERY === 0) say(`${run} histories of ${what}`);
    };
    const settle = async (): Promise<void> => {
      await admin.post('/v1/sandbox/drain');
    };
    const faults: string[] = [];
    const attempt = async (play: Promise<void>): Promise<void> => {
      await play.catch((error: unknown) => faults.push(error instanceof Error ? error.message : String(error)));
    };
    await attempt(playOrders({ anyone, admin, settle, now }, size, told('orders')));
    await attempt(onLedger(house, size, told('wallets')));
    const checked = await house.check();
    return {
      counts: { histories: 2 * size.runs, ...checked.counts },
      holds: [
        ...(faults.length === 0 ? ['wallets, orders and packages answer and stand as the models say'] : []),
        ...checked.holds,
      ],
      faults: [...faults, ...checked.faults],
    };
  } finally {
    await house.close();
  }
}

/** On a database of its own, without a relay: its merchants are nothing but books. */
async function onLedger(house: House, size: ModelSize, told: (run: number) => void): Promise<void> {
  await ensureDatabase(house.cluster.url('postgres'), 'ledger');
  const url = house.cluster.url('ledger');
  await migrate(url);
  const app = await createApp(
    new Config({ ROLE: 'api', LOG_LEVEL: 'fatal', ADMIN_EMAIL: ADMIN.email, ADMIN_PASSWORD: ADMIN.password }),
    url,
  );
  try {
    const wallet = app.get(WalletService, { strict: false });
    await playLedger({ db: asHouse(app.get(DataSource)), wallet }, size, told);
    const { faults } = await app.get(LedgerVerification, { strict: false }).run();
    if (faults.length > 0) throw new Error(`The books do not hold: ${JSON.stringify(faults.slice(0, 5))}`);
  } finally {
    await closeApp(app);
  }
}
