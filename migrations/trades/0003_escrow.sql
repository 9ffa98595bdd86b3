-- Trades paid with the wallet: their money, what was decided of it, and what is still to be carried out.

ALTER TABLE trades ADD COLUMN kind TEXT NOT NULL DEFAULT 'deal' CHECK (kind IN ('deal', 'escrow'));

CREATE TABLE escrows (
  trade_id TEXT NOT NULL PRIMARY KEY REFERENCES trades (id) ON DELETE CASCADE,
  category TEXT NOT NULL,
  -- What the buyer pays and what the promotion account adds; together the price.
  paid INTEGER NOT NULL CHECK (paid >= 0),
  discount INTEGER NOT NULL CHECK (discount >= 0),
  refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= paid),
  coupon_id TEXT,
  coupon_title TEXT,
  -- What is to be carried out; null while nothing is. The flow and the tick do what stands here, however often.
  intent TEXT CHECK (intent IN ('pay', 'fail', 'keep', 'release', 'undo')),
  ended TEXT CHECK (ended IN ('code', 'confirmed', 'silence', 'cancelled', 'decided')),
  -- Who ended it; null for silence and for operators.
  ended_by TEXT,
  failure TEXT,
  -- When the money goes by itself; null before it is paid.
  release_at_ms INTEGER,
  -- 1 once the buyer was told that it is about to.
  noticed INTEGER NOT NULL DEFAULT 0 CHECK (noticed IN (0, 1)),
  -- How long money and thing are held at least.
  held_until_ms INTEGER NOT NULL,
  handover_code TEXT NOT NULL CHECK (length(handover_code) = 4),
  -- Wrong codes since `tried_from_ms`, an hour at a time.
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  tried_from_ms INTEGER NOT NULL DEFAULT 0,
  dispute TEXT CHECK (dispute IS NULL OR json_valid(dispute)),
  -- The buyer's request, so that its retry finds this trade; null once it failed and may be tried anew.
  retry_key TEXT UNIQUE,
  -- When the tick looks at it next; null when nothing will happen to it by itself.
  due_at_ms INTEGER,
  -- Without a coupon nothing is taken off.
  CHECK (coupon_id IS NOT NULL OR (coupon_title IS NULL AND discount = 0)),
  CHECK (failure IS NULL OR intent IS NULL OR intent = 'fail')
) STRICT, WITHOUT ROWID;
CREATE INDEX escrows_due ON escrows (due_at_ms) WHERE due_at_ms IS NOT NULL;

-- The two parts are the price.
CREATE TRIGGER escrow_is_the_price BEFORE INSERT ON escrows
WHEN new.paid + new.discount <> (SELECT price FROM trades WHERE id = new.trade_id) BEGIN
  SELECT RAISE(ABORT, 'ESCROW_IS_NOT_THE_PRICE');
END;
CREATE TRIGGER escrow_stays_the_price BEFORE UPDATE OF paid, discount ON escrows
WHEN new.paid + new.discount <> old.paid + old.discount BEGIN
  SELECT RAISE(ABORT, 'ESCROW_IS_NOT_THE_PRICE');
END;
-- What was decided once is not decided otherwise; only money that is no longer held turns a release into an undoing.
CREATE TRIGGER escrow_ends_once BEFORE UPDATE OF ended ON escrows
WHEN old.ended IS NOT NULL AND new.ended IS NOT old.ended BEGIN
  SELECT RAISE(ABORT, 'ESCROW_HAS_ENDED');
END;
-- An end is an end: no trade comes back from one.
CREATE TRIGGER escrow_trade_ends_once BEFORE UPDATE OF state ON trades
WHEN old.kind = 'escrow' AND old.state IN ('completed', 'cancelled', 'failed') AND new.state <> old.state BEGIN
  SELECT RAISE(ABORT, 'ESCROW_HAS_ENDED');
END;

-- Money given back: with the release while it is held, out of the seller's wallet afterwards.
CREATE TABLE refunds (
  id TEXT NOT NULL PRIMARY KEY,
  trade_id TEXT NOT NULL REFERENCES trades (id) ON DELETE CASCADE,
  amount INTEGER NOT NULL CHECK (amount > 0),
  by TEXT NOT NULL CHECK (by IN ('seller', 'operator')),
  reason TEXT,
  -- 0 from the asking until payments has moved it; the tick asks once more.
  done INTEGER NOT NULL CHECK (done IN (0, 1)),
  at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX refunds_trade ON refunds (trade_id, at_ms, id);
CREATE INDEX refunds_waiting ON refunds (at_ms) WHERE done = 0;
-- Together never more than was paid, whoever asks at the same time.
CREATE TRIGGER refunds_within_paid BEFORE INSERT ON refunds
WHEN new.amount + (SELECT coalesce(sum(amount), 0) FROM refunds WHERE trade_id = new.trade_id)
  > (SELECT paid FROM escrows WHERE trade_id = new.trade_id) BEGIN
  SELECT RAISE(ABORT, 'REFUND_TOO_MUCH');
END;

-- Histories show paid trades in every state they can be in, but not those that never came to be.
DROP INDEX trades_sales;
DROP INDEX trades_purchases;
CREATE INDEX trades_sales ON trades (seller_id, created_at_ms, id)
  WHERE (state IN ('paid', 'completed', 'disputed') OR (kind = 'escrow' AND state = 'cancelled'));
CREATE INDEX trades_purchases ON trades (buyer_id, created_at_ms, id)
  WHERE (state IN ('paid', 'completed', 'disputed') OR (kind = 'escrow' AND state = 'cancelled'));
-- The operators' queue: what is disputed, and what was decided.
CREATE INDEX escrows_disputes ON escrows (trade_id) WHERE dispute IS NOT NULL;
