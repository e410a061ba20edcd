/**
 * What the limits write: the rows of an order paid from a wallet (order, two lines, journal, two entries, a guarded
 * balance, an outbox row), a transfer alone, a tracking event under a unique key. No foreign keys, no chain, no rules.
 */
export const LIMIT_TABLES = `
  CREATE TABLE bare_balance (merchant int PRIMARY KEY, cash bigint NOT NULL CHECK (cash >= 0)) WITH (fillfactor = 50);
  CREATE TABLE bare_journal (merchant int NOT NULL, id uuid NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (merchant, id));
  CREATE TABLE bare_entry (merchant int NOT NULL, journal uuid NOT NULL, leg smallint NOT NULL, amount bigint NOT NULL, balance bigint NOT NULL,
    PRIMARY KEY (merchant, journal, leg));
  CREATE TABLE bare_order (merchant int NOT NULL, id uuid NOT NULL, total bigint NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (merchant, id));
  CREATE TABLE bare_line (merchant int NOT NULL, order_id uuid NOT NULL, line smallint NOT NULL, sku text NOT NULL, quantity int NOT NULL, paid bigint NOT NULL,
    PRIMARY KEY (merchant, order_id, line));
  CREATE TABLE bare_outbox (id uuid PRIMARY KEY, payload jsonb NOT NULL);
  CREATE TABLE bare_tracking (courier text NOT NULL, number text NOT NULL, hash bytea NOT NULL, status text NOT NULL, at timestamptz NOT NULL,
    UNIQUE (courier, number, hash));

  CREATE SEQUENCE bare_id;
  CREATE FUNCTION bare_uuid() RETURNS uuid LANGUAGE sql AS $$ SELECT lpad(to_hex(nextval('bare_id')), 32, '0')::uuid $$;

  CREATE FUNCTION bare_transfer(p_merchant int, p_amount bigint) RETURNS uuid LANGUAGE plpgsql AS $$
  DECLARE id uuid := bare_uuid(); after bigint;
  BEGIN
    UPDATE bare_balance SET cash = cash - p_amount WHERE merchant = p_merchant RETURNING cash INTO after;
    INSERT INTO bare_journal VALUES (p_merchant, id, clock_timestamp());
    INSERT INTO bare_entry VALUES (p_merchant, id, 1, -p_amount, after), (p_merchant, id, 2, p_amount, 0);
    RETURN id;
  END $$;

  CREATE FUNCTION bare_order(p_merchant int, p_amount bigint) RETURNS uuid LANGUAGE plpgsql AS $$
  DECLARE id uuid := bare_transfer(p_merchant, p_amount);
  BEGIN
    INSERT INTO bare_order VALUES (p_merchant, id, p_amount, clock_timestamp());
    INSERT INTO bare_line VALUES (p_merchant, id, 1, 'LAMP', 1, p_amount / 2), (p_merchant, id, 2, 'POWERBANK', 1, p_amount - p_amount / 2);
    INSERT INTO bare_outbox VALUES (id, jsonb_build_object('type', 'order.placed', 'merchant', p_merchant, 'order', id));
    RETURN id;
  END $$;
`;
