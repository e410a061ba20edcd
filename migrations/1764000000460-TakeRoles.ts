import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * From PostgreSQL 16 on, whoever makes a role may grant it and is a member of it, but may not take it. Superusers may
 * take any; the users of managed services are none.
 */
export class TakeRoles1764000000460 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      DO $$ DECLARE taken name; how text; BEGIN
        how := CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END;
        FOREACH taken IN ARRAY ARRAY['waybill_app', 'waybill_house'] LOOP
          IF NOT pg_has_role(current_user, taken, how) THEN EXECUTE format('GRANT %I TO %I', taken, current_user); END IF;
        END LOOP;
      END $$;
    `);
  }

  async down(): Promise<void> {
    // the roles are the cluster's: other databases may need them
  }
}
