-- A thing set aside for a purchase that is under way.

-- The trade that has it. While it does, the thing is `reserved`, or hidden by an operator who hid it so.
ALTER TABLE listings ADD COLUMN reserved_by_trade TEXT
  CHECK (reserved_by_trade IS NULL OR status = 'reserved' OR (status = 'hidden' AND hidden_by_operator = 'reserved'));
-- When the tick lifts it, should the trade never end it.
ALTER TABLE listings ADD COLUMN reserved_until_ms INTEGER
  CHECK ((reserved_until_ms IS NULL) = (reserved_by_trade IS NULL));
CREATE INDEX listings_reserved ON listings (reserved_until_ms) WHERE reserved_until_ms IS NOT NULL;

-- A thing in a purchase does not go, whoever asks: not its seller, not the clearing of one who left.
CREATE TRIGGER listing_in_trade_stays BEFORE UPDATE OF deleted_at_ms ON listings
WHEN old.deleted_at_ms IS NULL AND new.deleted_at_ms IS NOT NULL AND old.reserved_by_trade IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'LISTING_IN_TRADE');
END;
-- Nor does its price move under the buyer.
CREATE TRIGGER listing_in_trade_keeps_price BEFORE UPDATE OF price ON listings
WHEN new.price <> old.price AND old.reserved_by_trade IS NOT NULL AND new.reserved_by_trade IS NOT NULL BEGIN
  SELECT RAISE(ABORT, 'LISTING_IN_TRADE');
END;
