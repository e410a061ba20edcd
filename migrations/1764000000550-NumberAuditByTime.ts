import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Ids are UUIDv7 (api.md, Habits), those that the audit log gives itself as well. */
export class NumberAuditByTime1764000000550 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- RFC 9562: 48 bits of real milliseconds, the version, and chance, which has the variant in it already
      CREATE FUNCTION uuid_by_time() RETURNS uuid LANGUAGE sql VOLATILE AS $$
        SELECT encode(set_byte(timed, 6, (get_byte(timed, 6) & 15) | 112), 'hex')::uuid
        FROM (
          SELECT overlay(uuid_send(gen_random_uuid())
            PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6)
        ) AS made (timed)
      $$;
      ALTER TABLE audit_entry ALTER COLUMN id SET DEFAULT uuid_by_time()`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE audit_entry ALTER COLUMN id SET DEFAULT gen_random_uuid();
      DROP FUNCTION uuid_by_time()`);
  }
}
