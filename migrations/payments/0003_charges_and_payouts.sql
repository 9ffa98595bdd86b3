-- Money coming in from the payment provider and going out to banks. What is written here never moves money by itself: each change
-- of state that does stands in one batch with its transfer (0002_ledger.sql), guarded by `version`.

-- A top-up. Its id is the provider's payment id.
CREATE TABLE charges (
  id TEXT NOT NULL PRIMARY KEY,
  member_id TEXT NOT NULL,
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 999999999),
  -- What the wallet had room for when this was asked for, open top-ups reckoned in.
  room INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'paid', 'declined', 'expired', 'mismatched')),
  -- Grows with each change; a change that has read another version aborts.
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  checkout_url TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  paid_at_ms INTEGER,
  -- Credited, then cancelled at the provider: the money went back from the wallet.
  taken_back_at_ms INTEGER,
  -- When the tick asks the provider again; null when nothing is left to ask.
  ask_at_ms INTEGER,
  at_ms INTEGER NOT NULL,
  CONSTRAINT wallet_full CHECK (amount <= room),
  CHECK ((state = 'paid') = (paid_at_ms IS NOT NULL)),
  CHECK (taken_back_at_ms IS NULL OR state = 'paid'),
  CHECK (state <> 'pending' OR ask_at_ms IS NOT NULL)
) STRICT, WITHOUT ROWID;
CREATE INDEX charges_to_ask ON charges (ask_at_ms) WHERE ask_at_ms IS NOT NULL;
CREATE INDEX charges_open_of ON charges (member_id, at_ms, amount) WHERE state = 'pending';
CREATE INDEX charges_paid_at ON charges (paid_at_ms) WHERE paid_at_ms IS NOT NULL;

-- A paid top-up stays paid, and what it was for never changes.
CREATE TRIGGER charges_stay_as_asked BEFORE UPDATE ON charges
BEGIN
  SELECT RAISE(ABORT, 'CHARGE_IMMUTABLE')
    WHERE NEW.id <> OLD.id OR NEW.member_id <> OLD.member_id OR NEW.amount <> OLD.amount
      OR (OLD.state = 'paid' AND NEW.state <> 'paid');
END;
CREATE TRIGGER charges_stay BEFORE DELETE ON charges
BEGIN SELECT RAISE(ABORT, 'CHARGE_IMMUTABLE'); END;

-- What the provider told us and was handled, by the id it told it under: a repeat is not handled again.
CREATE TABLE webhooks (
  id TEXT NOT NULL PRIMARY KEY,
  type TEXT NOT NULL,
  payment_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_age ON webhooks (at_ms);

-- Money on its way to a bank account. The hold has the same cause; it is taken when the bank has paid and freed when it refused.
CREATE TABLE payouts (
  id TEXT NOT NULL PRIMARY KEY,
  member_id TEXT NOT NULL,
  hold_id TEXT NOT NULL REFERENCES holds (id),
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 999999999),
  state TEXT NOT NULL CHECK (state IN ('requested', 'sent', 'paid', 'failed')),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  bank TEXT NOT NULL,
  number_end TEXT NOT NULL CHECK (length(number_end) = 4),
  -- The account's number and holder, sealed, for as long as the bank may have to be told them.
  sealed TEXT,
  -- The bank's own id of it, known once it has taken it.
  bank_id TEXT,
  failure TEXT,
  -- When the tick goes on with it; null when it is settled.
  ask_at_ms INTEGER,
  at_ms INTEGER NOT NULL,
  settled_at_ms INTEGER,
  CHECK ((state IN ('requested', 'sent')) = (sealed IS NOT NULL)),
  CHECK ((state IN ('requested', 'sent')) = (ask_at_ms IS NOT NULL)),
  CHECK ((state IN ('requested', 'sent')) = (settled_at_ms IS NULL)),
  CHECK (state NOT IN ('sent', 'paid') OR bank_id IS NOT NULL),
  CHECK ((state = 'failed') = (failure IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX payouts_to_ask ON payouts (ask_at_ms) WHERE ask_at_ms IS NOT NULL;
CREATE INDEX payouts_open_of ON payouts (member_id, at_ms, amount) WHERE ask_at_ms IS NOT NULL;

-- A settled one stays as it is: a late word of the bank moves nothing.
CREATE TRIGGER payouts_settle_once BEFORE UPDATE ON payouts
BEGIN
  SELECT RAISE(ABORT, 'PAYOUT_SETTLED') WHERE OLD.state IN ('paid', 'failed');
  SELECT RAISE(ABORT, 'PAYOUT_SETTLED')
    WHERE NEW.id <> OLD.id OR NEW.member_id <> OLD.member_id OR NEW.amount <> OLD.amount OR NEW.hold_id <> OLD.hold_id;
END;
CREATE TRIGGER payouts_stay BEFORE DELETE ON payouts
BEGIN SELECT RAISE(ABORT, 'PAYOUT_SETTLED'); END;

-- What was corrected is not found off again, though its settlement and its transfer still differ.
CREATE INDEX incidents_corrected ON incidents (aggregate) WHERE state = 'corrected';
