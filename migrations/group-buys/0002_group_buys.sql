-- Group buys as their hosts set them, what their claims object told of its decisions, and how their money was shared out.

-- What a card shows of a member, fed by member.profile_changed; the first one is asked of identity.
CREATE TABLE faces (
  member_id TEXT PRIMARY KEY,
  nickname TEXT NOT NULL,
  photo_id TEXT,
  -- The member's version this face is of; 0 when it was asked for rather than heard.
  version INTEGER NOT NULL CHECK (version >= 0),
  withdrawn_at_ms INTEGER
) STRICT, WITHOUT ROWID;

-- The story comes last: the columns a list reads then stay on a row's first page.
CREATE TABLE group_buys (
  id TEXT NOT NULL UNIQUE,
  -- What orders equals in every list, and the rowid of the text index. Not the rowid here: SQLite bounds an index walk by
  -- (key, column), never by (key, rowid).
  seq INTEGER NOT NULL UNIQUE,
  host_id TEXT NOT NULL REFERENCES faces (member_id),
  title TEXT NOT NULL,
  category TEXT NOT NULL,
  unit_price INTEGER NOT NULL CHECK (unit_price BETWEEN 1 AND 999999999),
  unit TEXT NOT NULL,
  total_units INTEGER NOT NULL CHECK (total_units BETWEEN 2 AND 10000),
  min_units INTEGER NOT NULL CHECK (min_units BETWEEN 1 AND total_units),
  host_units INTEGER NOT NULL CHECK (host_units >= 0 AND host_units < total_units),
  -- What the claims object confirmed, the host's own included.
  filled_units INTEGER NOT NULL CHECK (filled_units >= host_units AND filled_units <= total_units),
  remaining_units INTEGER GENERATED ALWAYS AS (total_units - filled_units) VIRTUAL,
  members INTEGER NOT NULL DEFAULT 0 CHECK (members BETWEEN 0 AND 500),
  waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
  state TEXT NOT NULL DEFAULT 'recruiting' CHECK (state IN
    ('recruiting', 'filled', 'purchasing', 'arrived', 'handing_over', 'settled', 'failed', 'cancelled')),
  deadline_ms INTEGER NOT NULL,
  -- When the recruiting ended.
  terminal_at_ms INTEGER CHECK ((state = 'recruiting') = (terminal_at_ms IS NULL)),
  image_count INTEGER NOT NULL CHECK (image_count BETWEEN 0 AND 12),
  region TEXT,
  lat_milli INTEGER CHECK (lat_milli BETWEEN -90000 AND 90000),
  lng_milli INTEGER CHECK (lng_milli BETWEEN -180000 AND 180000),
  cell_near INTEGER,
  cell_mid INTEGER,
  cell_far INTEGER,
  shop_unit_price INTEGER CHECK (shop_unit_price BETWEEN 0 AND 999999999),
  -- Grows by one with every change of the row, whoever makes it: the version of the facts told.
  version INTEGER NOT NULL CHECK (version >= 1),
  -- What the host set (ClaimsPlan.version) and what the claims object told last (ClaimsPart.version).
  plan_version INTEGER NOT NULL CHECK (plan_version >= 1),
  claims_version INTEGER NOT NULL DEFAULT 0 CHECK (claims_version >= 0),
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  -- The last reminder told, in hours before the deadline; null before the first.
  reminded_hours INTEGER,
  -- Why it ended without a settlement, in the words of contracts/errors; null while it did not, or its host called it off.
  failure TEXT,
  -- When the tick looks at it next; null when nothing will happen to it by itself.
  due_at_ms INTEGER,
  -- Set once its settling was decided: from then on it can only be settled.
  settling_at_ms INTEGER,
  -- The host's receipt.
  goods INTEGER CHECK (goods BETWEEN 0 AND 999999999),
  shipping INTEGER CHECK (shipping BETWEEN 0 AND 9999999),
  receipt TEXT CHECK (receipt IS NULL OR json_valid(receipt)),
  -- The vote on a total above what was agreed; `vote_agreed` once it closed.
  vote_closes_at_ms INTEGER,
  vote_agreed INTEGER CHECK (vote_agreed IN (0, 1)),
  -- Wrong check-in codes since `tried_from_ms`, an hour at a time.
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  tried_from_ms INTEGER NOT NULL DEFAULT 0,
  images TEXT NOT NULL CHECK (json_valid(images)),
  pickup TEXT NOT NULL CHECK (json_valid(pickup)),
  keywords TEXT NOT NULL CHECK (json_valid(keywords)),
  product_url TEXT,
  description TEXT NOT NULL,
  CHECK ((goods IS NULL) = (shipping IS NULL)),
  CHECK (settling_at_ms IS NULL OR (goods IS NOT NULL AND state IN ('handing_over', 'settled')))
) STRICT;

-- An end is an end, and no stage comes before one that was. A change of state that is not on the way aborts its batch: whoever
-- writes (the object's flush, a late flow, a tick) asks for the state it starts from.
CREATE TRIGGER group_buy_goes_forward BEFORE UPDATE OF state ON group_buys
WHEN new.state <> old.state AND NOT (
  (old.state = 'recruiting' AND new.state IN ('filled', 'failed', 'cancelled'))
  OR (old.state = 'filled' AND new.state IN ('purchasing', 'cancelled'))
  OR (old.state = 'purchasing' AND new.state IN ('arrived', 'cancelled'))
  OR (old.state = 'arrived' AND new.state IN ('handing_over', 'cancelled'))
  OR (old.state = 'handing_over' AND new.state IN ('settled', 'cancelled')))
BEGIN
  SELECT RAISE(ABORT, 'GROUP_BUY_STATE');
END;
-- What was decided once is not decided otherwise.
CREATE TRIGGER group_buy_settles_once BEFORE UPDATE OF state, settling_at_ms ON group_buys
WHEN old.settling_at_ms IS NOT NULL AND (new.settling_at_ms IS NOT old.settling_at_ms OR new.state = 'cancelled')
BEGIN
  SELECT RAISE(ABORT, 'GROUP_BUY_STATE');
END;
-- What comes after the recruiting is due at once, whoever wrote its end: the flow (flow.service.ts `nudge`) carries on, and the tick
-- should nobody have told it.
CREATE TRIGGER group_buy_ended_is_due AFTER UPDATE OF state ON group_buys
WHEN old.state = 'recruiting' AND new.state <> 'recruiting' BEGIN
  UPDATE group_buys SET due_at_ms = new.terminal_at_ms WHERE seq = new.seq;
END;
-- Members joined on these.
CREATE TRIGGER group_buy_keeps_its_terms BEFORE UPDATE OF unit_price, total_units, min_units, host_units, deadline_ms ON group_buys
WHEN (old.members > 0 OR old.state <> 'recruiting') AND (new.unit_price <> old.unit_price OR new.total_units <> old.total_units
  OR new.min_units <> old.min_units OR new.host_units <> old.host_units OR new.deadline_ms <> old.deadline_ms)
BEGIN
  SELECT RAISE(ABORT, 'GROUP_BUY_JOINED');
END;

-- The plain lists, one index a sort, of one state each; and near me: three sizes of cells, each in every order. Each index holds all
-- that filters and distance ask of a row, so that only what is shown is read from the table.
CREATE INDEX group_buys_newest ON group_buys (state, created_at_ms, seq, category);
CREATE INDEX group_buys_ending ON group_buys (state, deadline_ms, seq, category);
CREATE INDEX group_buys_remaining ON group_buys (state, remaining_units, seq, category);
CREATE INDEX group_buys_category_newest ON group_buys (state, category, created_at_ms, seq);
CREATE INDEX group_buys_category_ending ON group_buys (state, category, deadline_ms, seq);
CREATE INDEX group_buys_category_remaining ON group_buys (state, category, remaining_units, seq);
CREATE INDEX group_buys_near_newest ON group_buys
  (cell_near, state, created_at_ms, seq, lat_milli, lng_milli, category) WHERE cell_near IS NOT NULL;
CREATE INDEX group_buys_near_ending ON group_buys
  (cell_near, state, deadline_ms, seq, lat_milli, lng_milli, category) WHERE cell_near IS NOT NULL;
CREATE INDEX group_buys_near_remaining ON group_buys
  (cell_near, state, remaining_units, seq, lat_milli, lng_milli, category) WHERE cell_near IS NOT NULL;
CREATE INDEX group_buys_mid_newest ON group_buys
  (cell_mid, state, created_at_ms, seq, lat_milli, lng_milli, category) WHERE cell_mid IS NOT NULL;
CREATE INDEX group_buys_mid_ending ON group_buys
  (cell_mid, state, deadline_ms, seq, lat_milli, lng_milli, category) WHERE cell_mid IS NOT NULL;
CREATE INDEX group_buys_mid_remaining ON group_buys
  (cell_mid, state, remaining_units, seq, lat_milli, lng_milli, category) WHERE cell_mid IS NOT NULL;
CREATE INDEX group_buys_far_newest ON group_buys
  (cell_far, state, created_at_ms, seq, lat_milli, lng_milli, category) WHERE cell_far IS NOT NULL;
CREATE INDEX group_buys_far_ending ON group_buys
  (cell_far, state, deadline_ms, seq, lat_milli, lng_milli, category) WHERE cell_far IS NOT NULL;
CREATE INDEX group_buys_far_remaining ON group_buys
  (cell_far, state, remaining_units, seq, lat_milli, lng_milli, category) WHERE cell_far IS NOT NULL;
CREATE INDEX group_buys_mine ON group_buys (host_id, created_at_ms, seq);
-- How a host's earlier ones went, and how many they have open.
CREATE INDEX group_buys_record ON group_buys (host_id, state);
CREATE INDEX group_buys_due ON group_buys (due_at_ms) WHERE due_at_ms IS NOT NULL;

-- App-made pairs of characters (kit/grams.ts) of title, keywords and story. `ascii` takes every other script's characters as
-- letters. Contentless: the texts are not kept twice.
CREATE VIRTUAL TABLE grams USING fts5 (
  title, body, content = '', contentless_delete = 1, detail = full, tokenize = "ascii tokenchars '_'"
);

-- Who is in it, as the claims object told; no units: who went. `version` is the object's (ClaimsPart.changed).
CREATE TABLE claims (
  group_buy_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units BETWEEN 0 AND 10000),
  hold_ids TEXT NOT NULL CHECK (json_valid(hold_ids)),
  joined_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL CHECK (version >= 1),
  PRIMARY KEY (group_buy_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_mine ON claims (member_id, joined_at_ms, group_buy_id) WHERE units > 0;

-- One member's part in what comes after the recruiting: made with the receipt, of those who are in it then.
CREATE TABLE shares (
  group_buy_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units >= 1),
  -- Won put aside when they joined, and what they are to pay of the real cost.
  held INTEGER NOT NULL CHECK (held >= 0),
  share INTEGER NOT NULL CHECK (share >= 0),
  -- What was in fact taken; null until it was.
  taken INTEGER CHECK (taken BETWEEN 0 AND share),
  -- 1 yes, 0 no, null not said.
  vote INTEGER CHECK (vote IN (0, 1)),
  -- From the arrival on.
  check_in_code TEXT CHECK (length(check_in_code) = 4),
  checked_in_at_ms INTEGER,
  PRIMARY KEY (group_buy_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX shares_code ON shares (group_buy_id, check_in_code) WHERE check_in_code IS NOT NULL;
-- Money is taken once.
CREATE TRIGGER share_is_taken_once BEFORE UPDATE OF taken ON shares
WHEN old.taken IS NOT NULL AND new.taken IS NOT old.taken BEGIN
  SELECT RAISE(ABORT, 'GROUP_BUY_STATE');
END;

-- Photos asked of media for a change that is not committed yet; the tick sets right what a dead request left behind.
CREATE TABLE attach_intents (
  member_id TEXT NOT NULL,
  -- The request's Idempotency-Key, so that its retry opens under the same id; or the group buy it edits.
  retry_key TEXT NOT NULL,
  group_buy_id TEXT NOT NULL,
  intended_at_ms INTEGER NOT NULL,
  -- Set while the tick sets it right.
  settling_at_ms INTEGER,
  PRIMARY KEY (member_id, retry_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX attach_intents_age ON attach_intents (intended_at_ms);
