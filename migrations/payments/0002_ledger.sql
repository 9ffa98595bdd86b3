-- The wallet's double-entry ledger. Whatever a program does wrong, these tables do not lose or make money: every movement is a
-- row of `transfers`, whose trigger writes both entries and moves both balances, and nothing that was written can be changed.
-- A movement that must not happen is stopped by RAISE with the code it is refused with; it takes its whole batch with it.

CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('member', 'platform')),
  -- A member's id, or the name of an account of the platform.
  owner TEXT NOT NULL,
  -- What came in less what went out, held money included. What the provider owes us is the provider's negative.
  balance INTEGER NOT NULL DEFAULT 0
    CONSTRAINT balance_out_of_range CHECK (balance BETWEEN -9007199254740991 AND 9007199254740991),
  -- The sum of its open holds.
  held INTEGER NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND 9007199254740991),
  -- From when the audit says that nothing of it may move.
  frozen_at_ms INTEGER,
  -- From when nobody may send money to it: its member has left.
  closed_at_ms INTEGER,
  CHECK (id = kind || ':' || owner),
  CONSTRAINT wallet_below_zero CHECK ((kind = 'platform' AND owner <> 'escrow') OR balance - held >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_frozen ON accounts (frozen_at_ms) WHERE frozen_at_ms IS NOT NULL;

INSERT INTO accounts (id, kind, owner) VALUES
  ('platform:escrow', 'platform', 'escrow'),
  ('platform:promotion', 'platform', 'promotion'),
  ('platform:fees', 'platform', 'fees'),
  ('platform:provider', 'platform', 'provider'),
  ('platform:bank', 'platform', 'bank'),
  ('platform:correction', 'platform', 'correction');

-- Money put aside for one purpose, taken or given back once.
CREATE TABLE holds (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  -- The member who is to get it in the end.
  payee_id TEXT,
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  -- How much was taken; the rest went back.
  posted INTEGER NOT NULL DEFAULT 0 CHECK (posted BETWEEN 0 AND amount),
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'posted', 'voided', 'expired')),
  cause_kind TEXT NOT NULL,
  cause_id TEXT NOT NULL,
  title TEXT,
  url TEXT,
  -- When something happens to it by itself, as its owner is shown.
  next_at_ms INTEGER,
  -- From then on it cannot be taken any more, whether or not the tick has freed it yet.
  expires_at_ms INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  resolved_at_ms INTEGER,
  CHECK ((state = 'open') = (resolved_at_ms IS NULL)),
  CHECK (state = 'posted' OR posted = 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_cause ON holds (cause_kind, cause_id);
CREATE INDEX holds_open_of ON holds (account_id, at_ms, amount) WHERE state = 'open';
CREATE INDEX holds_owed_to ON holds (payee_id, at_ms, amount) WHERE state = 'open';
CREATE INDEX holds_open_for ON holds (cause_kind, cause_id) WHERE state = 'open';
CREATE INDEX holds_overdue ON holds (expires_at_ms) WHERE state = 'open';

-- Money that moved.
CREATE TABLE transfers (
  id TEXT NOT NULL PRIMARY KEY,
  debit TEXT NOT NULL REFERENCES accounts (id),
  credit TEXT NOT NULL REFERENCES accounts (id),
  amount INTEGER NOT NULL CHECK (amount BETWEEN 1 AND 9007199254740991),
  cause_kind TEXT NOT NULL
    CHECK (cause_kind IN ('charge', 'transfer', 'payout', 'trade', 'refund', 'group_buy', 'correction')),
  cause_id TEXT NOT NULL,
  -- The hold it was taken from; at most one transfer takes from a hold.
  hold_id TEXT REFERENCES holds (id),
  -- The member whom it came from or is for in the end, when it passes through an account of the platform.
  behind TEXT,
  memo TEXT,
  url TEXT,
  at_ms INTEGER NOT NULL,
  CHECK (debit <> credit)
) STRICT, WITHOUT ROWID;
CREATE INDEX transfers_cause ON transfers (cause_kind, cause_id);
CREATE UNIQUE INDEX transfers_hold ON transfers (hold_id) WHERE hold_id IS NOT NULL;

-- Both sides of every transfer, as lines of the two accounts. `seq` is the order of the book.
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  transfer_id TEXT NOT NULL REFERENCES transfers (id),
  account_id TEXT NOT NULL REFERENCES accounts (id),
  -- Negative when money left.
  amount INTEGER NOT NULL CHECK (amount <> 0),
  balance_after INTEGER NOT NULL,
  -- The transfer's, so that a member's lines of one kind are found without reading all of them.
  cause_kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX entries_of ON entries (account_id, seq, amount, balance_after);
CREATE INDEX entries_of_kind ON entries (account_id, cause_kind, seq);
CREATE UNIQUE INDEX entries_transfer ON entries (transfer_id, account_id, amount);

-- What a transfer is refused with. A known id says so before anything else, so that a repeat is told from a new attempt.
CREATE TRIGGER transfers_refused BEFORE INSERT ON transfers
BEGIN
  SELECT RAISE(ABORT, 'TRANSFER_KNOWN') FROM transfers WHERE id = NEW.id;
  SELECT RAISE(ABORT, 'WALLET_FROZEN') FROM accounts
    WHERE id IN (NEW.debit, NEW.credit) AND frozen_at_ms IS NOT NULL AND NEW.cause_kind <> 'correction';
  SELECT RAISE(ABORT, 'ACCOUNT_CLOSED') FROM accounts
    WHERE id = NEW.credit AND closed_at_ms IS NOT NULL AND NEW.cause_kind = 'transfer';
  SELECT RAISE(ABORT, 'INSUFFICIENT_BALANCE') FROM accounts
    WHERE id = NEW.debit AND (kind = 'member' OR owner = 'escrow') AND balance - held < NEW.amount;
END;

-- An entry's id is its transfer's with another prefix and, in place of the last of its 16 random digits, d(ebit) or c(redit).
CREATE TRIGGER transfers_booked AFTER INSERT ON transfers
BEGIN
  UPDATE accounts SET balance = balance - NEW.amount WHERE id = NEW.debit;
  UPDATE accounts SET balance = balance + NEW.amount WHERE id = NEW.credit;
  INSERT INTO entries (id, transfer_id, account_id, amount, balance_after, cause_kind, at_ms)
    SELECT 'ent_' || substr(NEW.id, 5, length(NEW.id) - 5) || 'd', NEW.id, id, -NEW.amount, balance, NEW.cause_kind, NEW.at_ms
    FROM accounts WHERE id = NEW.debit;
  INSERT INTO entries (id, transfer_id, account_id, amount, balance_after, cause_kind, at_ms)
    SELECT 'ent_' || substr(NEW.id, 5, length(NEW.id) - 5) || 'c', NEW.id, id, NEW.amount, balance, NEW.cause_kind, NEW.at_ms
    FROM accounts WHERE id = NEW.credit;
END;

CREATE TRIGGER transfers_stay_as_written BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'LEDGER_IMMUTABLE'); END;
CREATE TRIGGER transfers_stay BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'LEDGER_IMMUTABLE'); END;
CREATE TRIGGER entries_stay_as_written BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'LEDGER_IMMUTABLE'); END;
CREATE TRIGGER entries_stay BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'LEDGER_IMMUTABLE'); END;
CREATE TRIGGER accounts_stay BEFORE DELETE ON accounts
BEGIN SELECT RAISE(ABORT, 'LEDGER_IMMUTABLE'); END;
CREATE TRIGGER holds_stay BEFORE DELETE ON holds
BEGIN SELECT RAISE(ABORT, 'LEDGER_IMMUTABLE'); END;

CREATE TRIGGER holds_refused BEFORE INSERT ON holds
BEGIN
  SELECT RAISE(ABORT, 'HOLD_KNOWN') FROM holds WHERE id = NEW.id;
  SELECT RAISE(ABORT, 'HOLD_NOT_OPEN') WHERE NEW.state <> 'open';
  SELECT RAISE(ABORT, 'WALLET_FROZEN') FROM accounts WHERE id = NEW.account_id AND frozen_at_ms IS NOT NULL;
  SELECT RAISE(ABORT, 'INSUFFICIENT_BALANCE') FROM accounts
    WHERE id = NEW.account_id AND (kind = 'member' OR owner = 'escrow') AND balance - held < NEW.amount;
END;
CREATE TRIGGER holds_put_aside AFTER INSERT ON holds
BEGIN
  UPDATE accounts SET held = held + NEW.amount WHERE id = NEW.account_id;
END;

-- A hold leaves `open` once, and only its dates may change before. Whoever comes later is told what came before.
CREATE TRIGGER holds_resolve_once BEFORE UPDATE ON holds
BEGIN
  SELECT RAISE(ABORT, 'HOLD_POSTED') WHERE OLD.state = 'posted';
  SELECT RAISE(ABORT, 'HOLD_VOIDED') WHERE OLD.state = 'voided';
  SELECT RAISE(ABORT, 'HOLD_EXPIRED') WHERE OLD.state = 'expired';
  SELECT RAISE(ABORT, 'HOLD_EXPIRED') WHERE NEW.state = 'posted' AND NEW.resolved_at_ms >= OLD.expires_at_ms;
  SELECT RAISE(ABORT, 'LEDGER_IMMUTABLE')
    WHERE NEW.id <> OLD.id OR NEW.account_id <> OLD.account_id OR NEW.amount <> OLD.amount
      OR NEW.payee_id IS NOT OLD.payee_id OR NEW.cause_kind <> OLD.cause_kind OR NEW.cause_id <> OLD.cause_id;
  SELECT RAISE(ABORT, 'WALLET_FROZEN') FROM accounts
    WHERE NEW.state <> 'open' AND id = OLD.account_id AND frozen_at_ms IS NOT NULL;
END;
CREATE TRIGGER holds_freed AFTER UPDATE OF state ON holds WHEN NEW.state <> 'open'
BEGIN
  UPDATE accounts SET held = held - OLD.amount WHERE id = OLD.account_id;
END;

-- What was settled under which id, and a digest of what was asked for, so that a repeat is told from another request.
CREATE TABLE settlements (
  id TEXT NOT NULL PRIMARY KEY,
  digest TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How much a member moved in a day of the town. The CHECK stops what would pass the limit, however many ask at once.
CREATE TABLE day_totals (
  member_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('charge', 'transfer', 'payout')),
  day TEXT NOT NULL,
  total INTEGER NOT NULL CHECK (total >= 0),
  most INTEGER NOT NULL,
  PRIMARY KEY (member_id, kind, day),
  CONSTRAINT day_limit_reached CHECK (total <= most)
) STRICT, WITHOUT ROWID;
CREATE INDEX day_totals_age ON day_totals (day);

-- Six digits behind which a member's money stands, as a peppered scrypt hash.
CREATE TABLE pins (
  member_id TEXT NOT NULL PRIMARY KEY,
  hash TEXT NOT NULL,
  set_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What an audit found off.
CREATE TABLE incidents (
  id TEXT NOT NULL PRIMARY KEY,
  -- The same finding is one incident until its books were corrected.
  key TEXT NOT NULL,
  invariant TEXT NOT NULL,
  aggregate TEXT NOT NULL,
  difference INTEGER NOT NULL,
  explanation TEXT NOT NULL,
  -- { from, to, amount, reason }: the entry that would set it right.
  proposal TEXT CHECK (proposal IS NULL OR json_valid(proposal)),
  -- The account that stands still until somebody has looked.
  frozen_account TEXT REFERENCES accounts (id),
  state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'corrected', 'dismissed')),
  at_ms INTEGER NOT NULL,
  closed_at_ms INTEGER,
  closed_by TEXT,
  note TEXT,
  CHECK ((state = 'open') = (closed_at_ms IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incidents_key ON incidents (key) WHERE state <> 'corrected';
CREATE INDEX incidents_open ON incidents (at_ms, id) WHERE state = 'open';
CREATE INDEX incidents_closed ON incidents (at_ms, id) WHERE state <> 'open';
CREATE INDEX incidents_all ON incidents (at_ms, id);
CREATE INDEX incidents_freezing ON incidents (frozen_account) WHERE state = 'open' AND frozen_account IS NOT NULL;

-- How far the audit has come. One row a part of it.
CREATE TABLE audit_cursors (
  part TEXT NOT NULL PRIMARY KEY,
  position TEXT NOT NULL,
  -- When it last came to the end.
  whole_at_ms INTEGER
) STRICT, WITHOUT ROWID;
