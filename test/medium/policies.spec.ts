import fs from 'node:fs';
import path from 'node:path';
import { DataSource } from 'typeorm';
import { serviceOptions } from '../../src/database/data-source.ts';
import { Drops } from '../../src/database/drops.ts';
import { asHouse, type Scope } from '../../src/database/scope.ts';
import { one, rows } from '../../src/database/sql.ts';
import { RealClock } from '../../src/kernel/clock.ts';
import { PoliciesService } from '../../src/policies/policies.service.ts';

let db: Scope;

beforeAll(async () => {
  db = asHouse(await new DataSource(serviceOptions(process.env['DATABASE_URL'] ?? '', 8)).initialize());
});

afterAll(async () => {
  await db.source.destroy();
});

describe('the policies that ship with the product', () => {
  it('are published once, though several services start at once', async () => {
    const services = Array.from(
      { length: 6 },
      () => new PoliciesService(db.source, new RealClock(), new Drops(db.source)),
    );
    await Promise.all(services.map((service) => service.onModuleInit()));
    const found = await rows<{ policy_id: string; version: number }>(
      db,
      `SELECT policy_id, version FROM policy_version ORDER BY 1`,
    );
    expect(found).toEqual(
      ['courier-proof', 'extended-returns', 'guaranteed-delivery', 'retail-standard', 'return-code'].map(
        (policy_id) => ({
          policy_id,
          version: 1,
        }),
      ),
    );
  });

  it('come back from the database as they were, key by key', async () => {
    const service = new PoliciesService(db.source, new RealClock(), new Drops(db.source));
    const { terms, version } = await service.versionInForce('return-code');
    expect(version).toBe(1);
    expect(Object.keys(terms)[0]).toBe('id');
    expect((await service.load('return-code', 1)).terms).toEqual(terms);
    const text = fs.readFileSync(path.resolve('test/data/policy-vectors/return-code.json'), 'utf8');
    for (const { given, then } of JSON.parse(text) as { given: never; then: object }[]) {
      expect(service.decide(terms, given)).toMatchObject(then);
    }
  });

  it('cannot be changed by the service', async () => {
    const change = `UPDATE policy_version SET terms = '{}' WHERE policy_id = 'courier-proof'`;
    await expect(rows(db, change)).rejects.toThrow(/permission denied/);
    await expect(rows(db, `DELETE FROM policy_version`)).rejects.toThrow(/permission denied/);
  });

  it('of another name are refused, of another version not found', async () => {
    const service = new PoliciesService(db.source, new RealClock(), new Drops(db.source));
    await expect(service.versionInForce('none-such')).rejects.toMatchObject({ code: 'unknown_policy' });
    await expect(service.load('courier-proof', 2)).rejects.toMatchObject({ code: 'not_found' });
    expect(await one(db, `SELECT 1 FROM policy_version WHERE version > 1`)).toBeNull();
  });
});
