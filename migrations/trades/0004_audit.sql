-- Purchases are held against what payments and listings say of them. One that is off stands still until it is in order again.

-- What was taken of the buyer's part when the money went to the seller: what had been paid, less what was promised back before.
ALTER TABLE escrows ADD COLUMN taken INTEGER CHECK (taken IS NULL OR (taken >= 0 AND taken <= paid));
-- When the audit looks next; each change puts it off until the purchase has come to rest.
ALTER TABLE escrows ADD COLUMN audit_at_ms INTEGER NOT NULL DEFAULT 0;
-- Since when nothing goes on with it, because its money is not where it should be.
ALTER TABLE escrows ADD COLUMN frozen_at_ms INTEGER;
-- 1 once the thing was seen to be sold by it: afterwards its seller may do with it what they like.
ALTER TABLE escrows ADD COLUMN sale_seen INTEGER NOT NULL DEFAULT 0 CHECK (sale_seen IN (0, 1));
CREATE INDEX escrows_audit ON escrows (audit_at_ms);

-- Keys of requests are good for a day, as everywhere; then they are forgotten and may begin another purchase.
CREATE INDEX escrows_keys ON escrows (trade_id) WHERE retry_key IS NOT NULL;
