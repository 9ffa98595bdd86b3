-- Campaigns, the days they were open, and a projection of the coupons that their counters gave out.

CREATE TABLE campaigns (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  description TEXT,
  discount_kind TEXT NOT NULL CHECK (discount_kind IN ('amount', 'percent')),
  -- Won off, or the most that a percentage takes off.
  discount_amount INTEGER NOT NULL CHECK (discount_amount BETWEEN 1 AND 1000000),
  discount_percent INTEGER CHECK (discount_percent BETWEEN 1 AND 100),
  min_spend INTEGER NOT NULL CHECK (min_spend >= 0),
  categories TEXT NOT NULL CHECK (json_valid(categories)),
  total INTEGER NOT NULL CHECK (total BETWEEN 1 AND 10000),
  per_member_a_day INTEGER NOT NULL CHECK (per_member_a_day BETWEEN 1 AND 10),
  per_member_in_all INTEGER CHECK (per_member_in_all BETWEEN 1 AND 1000),
  rhythm TEXT NOT NULL CHECK (json_valid(rhythm)),
  valid_for_days INTEGER NOT NULL CHECK (valid_for_days BETWEEN 1 AND 90),
  state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'ended')),
  version INTEGER NOT NULL CHECK (version >= 1),
  -- When its last day closes: what is over comes last in the list.
  ends_at_ms INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  CHECK ((discount_kind = 'percent') = (discount_percent IS NOT NULL))
) STRICT;
CREATE INDEX campaigns_ends ON campaigns (ends_at_ms DESC, id);

-- What is agreed with those who claim does not change under them.
CREATE TRIGGER campaign_terms_stay BEFORE UPDATE OF discount_kind, discount_amount, discount_percent, min_spend, categories,
  total, per_member_a_day, per_member_in_all, rhythm, valid_for_days ON campaigns
BEGIN SELECT RAISE(ABORT, 'the terms of a campaign do not change'); END;
CREATE TRIGGER campaign_ended_stays BEFORE UPDATE OF state ON campaigns WHEN OLD.state = 'ended' AND NEW.state <> 'ended'
BEGIN SELECT RAISE(ABORT, 'an ended campaign stays ended'); END;

CREATE TABLE campaign_days (
  campaign_id TEXT NOT NULL REFERENCES campaigns (id),
  day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
  closes_at_ms INTEGER NOT NULL,
  total INTEGER NOT NULL,
  issued INTEGER NOT NULL CHECK (issued BETWEEN 0 AND total),
  head TEXT NOT NULL CHECK (length(head) = 64),
  -- The head as it was when the day closed, signed; written once.
  sealed_head TEXT,
  seal TEXT,
  audited_at_ms INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (campaign_id, day),
  CHECK ((seal IS NULL) = (sealed_head IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_days_unsealed ON campaign_days (closes_at_ms) WHERE seal IS NULL;
CREATE INDEX campaign_days_audited ON campaign_days (audited_at_ms);
CREATE TRIGGER campaign_seal_stays BEFORE UPDATE OF seal, sealed_head ON campaign_days WHEN OLD.seal IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a seal stays'); END;

CREATE TABLE coupons (
  id TEXT PRIMARY KEY,
  campaign_id TEXT NOT NULL REFERENCES campaigns (id),
  day TEXT NOT NULL,
  sequence INTEGER NOT NULL CHECK (sequence >= 1),
  member_id TEXT NOT NULL,
  title TEXT NOT NULL,
  issued_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  previous TEXT NOT NULL CHECK (length(previous) = 64),
  hash TEXT NOT NULL CHECK (length(hash) = 64),
  state TEXT NOT NULL DEFAULT 'usable' CHECK (state IN ('usable', 'held', 'used', 'expired')),
  trade_id TEXT,
  held_until_ms INTEGER,
  -- Won it takes off that trade.
  discount INTEGER CHECK (discount >= 0),
  used_at_ms INTEGER,
  reminded INTEGER NOT NULL DEFAULT 0 CHECK (reminded IN (0, 1)),
  CHECK ((state IN ('held', 'used')) = (trade_id IS NOT NULL)),
  CHECK ((trade_id IS NULL) = (discount IS NULL)),
  CHECK ((state = 'held') = (held_until_ms IS NOT NULL)),
  CHECK ((state = 'used') = (used_at_ms IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX coupons_place ON coupons (campaign_id, day, sequence);
-- One coupon a trade: two never come together.
CREATE UNIQUE INDEX coupons_trade ON coupons (trade_id) WHERE trade_id IS NOT NULL;
CREATE INDEX coupons_member ON coupons (member_id, expires_at_ms, id);
CREATE INDEX coupons_member_campaign ON coupons (member_id, campaign_id, day);
CREATE INDEX coupons_usable ON coupons (expires_at_ms) WHERE state = 'usable';
CREATE INDEX coupons_to_remind ON coupons (expires_at_ms) WHERE state = 'usable' AND reminded = 0;
CREATE INDEX coupons_held ON coupons (held_until_ms) WHERE state = 'held';

CREATE TRIGGER coupon_within_total BEFORE INSERT ON coupons
  WHEN NEW.sequence > (SELECT total FROM campaigns WHERE id = NEW.campaign_id)
BEGIN SELECT RAISE(ABORT, 'more coupons than there are'); END;
CREATE TRIGGER coupon_issue_stays BEFORE UPDATE OF id, campaign_id, day, sequence, member_id, issued_at_ms, previous, hash ON coupons
BEGIN SELECT RAISE(ABORT, 'what was issued does not change'); END;
CREATE TRIGGER coupon_states BEFORE UPDATE OF state ON coupons
  WHEN OLD.state <> NEW.state AND NOT (
    (OLD.state = 'usable' AND NEW.state IN ('held', 'expired'))
    OR (OLD.state = 'held' AND NEW.state IN ('used', 'usable', 'expired')))
BEGIN SELECT RAISE(ABORT, 'a coupon cannot go that way'); END;
CREATE TRIGGER coupon_of_one_trade BEFORE UPDATE OF trade_id ON coupons
  WHEN OLD.trade_id IS NOT NULL AND NEW.trade_id IS NOT NULL AND OLD.trade_id <> NEW.trade_id
BEGIN SELECT RAISE(ABORT, 'another trade has this coupon'); END;
