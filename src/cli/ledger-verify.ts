import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { ConfigError, readConfig } from '../config.ts';
import { serviceOptions } from '../database/data-source.ts';
import { openDatabase } from '../service.ts';
import { LedgerVerification } from '../wallet/wallet.service.ts';

/** Recomputes every book of the ledger from its first posting; exit code 1 where anything does not hold. */
async function main(): Promise<number> {
  const database = await openDatabase(readConfig());
  const db = await new DataSource(serviceOptions(database.url, 1)).initialize();
  try {
    const { books, checked, faults } = await new LedgerVerification(db).run();
    for (const { book, journal, rule, detail } of faults) {
      process.stdout.write(`book ${book}${journal === null ? '' : `, journal ${journal}`}: ${rule}: ${detail}\n`);
    }
    process.stdout.write(`${checked} journals in ${books} books recomputed, ${faults.length} faults.\n`);
    return faults.length === 0 ? 0 : 1;
  } finally {
    await db.destroy();
    await database.stop();
  }
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
