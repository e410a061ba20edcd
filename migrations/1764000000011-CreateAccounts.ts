import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Merchants, the people of merchants and of the operator, and what they prove themselves with. */
export class CreateAccounts1764000000011 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      CREATE TABLE merchant (
        id uuid CONSTRAINT merchant_pk PRIMARY KEY,
        name text NOT NULL,
        email text NOT NULL,
        email_verified_at timestamptz,
        country char(2) NOT NULL,
        currency char(3) NOT NULL,
        status text NOT NULL CONSTRAINT merchant_status CHECK (status IN ('active', 'suspended', 'closing', 'closed')),
        policy text,
        plan text NOT NULL,
        created_at timestamptz NOT NULL
      );

      -- merchant_id all zeros: the operator's staff
      CREATE TABLE account_user (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        email text NOT NULL,
        name text,
        roles text[] NOT NULL,
        password_hash text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT account_user_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT roles_fit_the_house CHECK (
          cardinality(roles) > 0 AND roles <@ CASE WHEN merchant_id = '00000000-0000-0000-0000-000000000000'
            THEN ARRAY['warehouse', 'support', 'finance', 'admin'] ELSE ARRAY['owner', 'member'] END)
      );
      -- unique across merchants, so in a small table of its own: who signs in with an e-mail, in lower case
      CREATE TABLE login (
        email text CONSTRAINT login_once_per_email PRIMARY KEY,
        merchant_id uuid NOT NULL,
        user_id uuid NOT NULL
      );

      CREATE TABLE api_key (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        user_id uuid, -- whose it is, for staff
        family uuid NOT NULL, -- the first key of a line of rotations
        name text,
        hash bytea NOT NULL,
        last_four char(4) NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz,
        expires_at timestamptz,
        revoked_at timestamptz,
        CONSTRAINT api_key_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT staff_keys_have_an_owner CHECK (
          (user_id IS NOT NULL) = (merchant_id = '00000000-0000-0000-0000-000000000000'))
      );
      CREATE INDEX api_key_family ON api_key (merchant_id, family);
      CREATE TABLE api_key_route (
        hash bytea CONSTRAINT api_key_route_pk PRIMARY KEY,
        merchant_id uuid NOT NULL,
        key_id uuid NOT NULL
      );

      CREATE TABLE session (
        token_hash bytea CONSTRAINT session_pk PRIMARY KEY,
        merchant_id uuid NOT NULL,
        user_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX session_of_user ON session (merchant_id, user_id);
      CREATE INDEX session_expiry ON session (expires_at);

      -- single use: using one deletes it
      CREATE TABLE account_token (
        token_hash bytea CONSTRAINT account_token_pk PRIMARY KEY,
        purpose text NOT NULL CONSTRAINT account_token_purpose CHECK (purpose IN ('password_reset', 'email_verification')),
        merchant_id uuid NOT NULL,
        user_id uuid CONSTRAINT a_reset_is_a_persons CHECK ((user_id IS NOT NULL) = (purpose = 'password_reset')),
        email text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX account_token_of_user ON account_token (merchant_id, user_id, purpose);
      CREATE INDEX account_token_expiry ON account_token (expires_at);

      CREATE TABLE login_failure (
        email text NOT NULL,
        address text NOT NULL,
        failures int NOT NULL,
        since timestamptz NOT NULL,
        CONSTRAINT login_failure_pk PRIMARY KEY (email, address)
      );
      CREATE INDEX login_failure_age ON login_failure (since);

      GRANT SELECT, INSERT, UPDATE ON merchant, account_user, api_key TO waybill_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON login, api_key_route, session, account_token, login_failure TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(
      `DROP TABLE login_failure, account_token, session, api_key_route, api_key, login, account_user, merchant`,
    );
  }
}
