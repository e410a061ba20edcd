import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Plans, who is on which, and every period that was paid, tried or let go. */
export class CreateMemberships1764000000036 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      -- the operator's own: no merchant
      CREATE TABLE plan (
        code text CONSTRAINT plan_pk PRIMARY KEY,
        name text NOT NULL,
        order_discount_percent numeric(7, 4) NOT NULL CONSTRAINT order_discount_is_a_percent CHECK (order_discount_percent BETWEEN 0 AND 100),
        shipping_discount_percent numeric(7, 4) NOT NULL CONSTRAINT shipping_discount_is_a_percent CHECK (shipping_discount_percent BETWEEN 0 AND 100),
        orders_per_minute int NOT NULL CONSTRAINT orders_per_minute_are_some CHECK (orders_per_minute > 0),
        trial_days int NOT NULL DEFAULT 0 CONSTRAINT trial_days_are_not_negative CHECK (trial_days >= 0),
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL
      );
      CREATE TABLE plan_price (
        plan text NOT NULL CONSTRAINT plan_price_of_a_plan REFERENCES plan (code),
        currency char(3) NOT NULL,
        amount_minor bigint NOT NULL CONSTRAINT plan_prices_are_not_negative CHECK (amount_minor >= 0),
        CONSTRAINT plan_price_pk PRIMARY KEY (plan, currency),
        CONSTRAINT starter_is_free CHECK (plan <> 'starter' OR amount_minor = 0)
      );
      INSERT INTO plan (code, name, order_discount_percent, shipping_discount_percent, orders_per_minute, created_at, changed_at)
        VALUES ('starter', 'Starter', 0, 0, 600, '2026-01-01', '2026-01-01');

      -- one row from joining a paid plan until it is left for starter or for one that begins anew
      CREATE TABLE membership (
        merchant_id uuid NOT NULL,
        id uuid NOT NULL,
        plan text NOT NULL CONSTRAINT membership_on_a_plan REFERENCES plan (code),
        status text NOT NULL CONSTRAINT membership_status CHECK (status IN ('trial', 'active', 'past_due', 'ended')),
        currency char(3) NOT NULL,
        price_minor bigint NOT NULL,       -- of the period that is paid, or owed
        anchor_day smallint NOT NULL CONSTRAINT anchor_is_a_day CHECK (anchor_day BETWEEN 1 AND 31),
        period_start timestamptz NOT NULL, -- past_due: of the period that is owed
        period_end timestamptz NOT NULL,
        scheduled_plan text CONSTRAINT membership_scheduled_plan REFERENCES plan (code),
        failures smallint NOT NULL DEFAULT 0,
        dunning_from timestamptz,          -- what the days of the retries are counted from
        next_at timestamptz,               -- when it renews or is tried again; null: it waits for a reinstatement, or has ended
        tried boolean NOT NULL,            -- it began with a trial
        created_at timestamptz NOT NULL,
        ended_at timestamptz,
        end_reason text CONSTRAINT membership_end_reason CHECK (end_reason IN ('replaced', 'asked', 'unpaid', 'closing')),
        CONSTRAINT membership_pk PRIMARY KEY (merchant_id, id),
        CONSTRAINT nobody_pays_for_starter CHECK (plan <> 'starter'),
        CONSTRAINT a_period_has_a_length CHECK (period_end > period_start),
        CONSTRAINT ended_memberships_say_why CHECK ((status = 'ended') = (ended_at IS NOT NULL AND end_reason IS NOT NULL)),
        CONSTRAINT only_unpaid_ones_are_dunned CHECK (status IN ('past_due', 'ended') OR (failures = 0 AND dunning_from IS NULL)),
        CONSTRAINT nothing_falls_due_after_the_end CHECK (status <> 'ended' OR next_at IS NULL)
      );
      CREATE UNIQUE INDEX one_membership_a_merchant ON membership (merchant_id) WHERE status <> 'ended';
      CREATE INDEX membership_due ON membership (next_at) WHERE next_at IS NOT NULL;
      CREATE INDEX membership_id ON membership (id);

      CREATE TABLE membership_period (
        merchant_id uuid NOT NULL,
        membership_id uuid NOT NULL,
        id uuid NOT NULL, -- in the order in which they began
        number int NOT NULL,
        after_number int, -- null: the first
        kind text NOT NULL CONSTRAINT period_kind CHECK (kind IN ('trial', 'paid', 'waived', 'unpaid')),
        plan text NOT NULL,
        start_at timestamptz NOT NULL,
        end_at timestamptz NOT NULL, -- a plan that is joined anew cuts the last one short
        currency char(3) NOT NULL,
        amount_minor bigint NOT NULL,
        journal_id uuid,
        charged_at timestamptz,
        CONSTRAINT membership_period_pk PRIMARY KEY (merchant_id, membership_id, number),
        CONSTRAINT one_period_a_start UNIQUE (merchant_id, membership_id, start_at),
        CONSTRAINT period_ends UNIQUE (merchant_id, membership_id, number, end_at),
        CONSTRAINT period_of_a_membership FOREIGN KEY (merchant_id, membership_id) REFERENCES membership (merchant_id, id),
        CONSTRAINT periods_touch FOREIGN KEY (merchant_id, membership_id, after_number, start_at)
          REFERENCES membership_period (merchant_id, membership_id, number, end_at),
        CONSTRAINT periods_are_counted CHECK (number = coalesce(after_number, 0) + 1),
        CONSTRAINT a_period_does_not_end_before_it_begins CHECK (end_at >= start_at),
        CONSTRAINT only_paid_periods_cost CHECK (CASE WHEN kind = 'paid' THEN charged_at IS NOT NULL AND amount_minor >= 0
          ELSE charged_at IS NULL AND journal_id IS NULL AND amount_minor = 0 END)
      );
      CREATE UNIQUE INDEX membership_period_id ON membership_period (merchant_id, id);

      GRANT SELECT, INSERT, UPDATE ON plan, membership, membership_period TO waybill_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON plan_price TO waybill_app;
    `);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE membership_period, membership, plan_price, plan');
  }
}
