-- By when a host has to take the next step, and who waits for units.

-- Set with the first receipt and with the arrival; before, the time runs from `terminal_at_ms`.
ALTER TABLE group_buys ADD COLUMN stage_ends_ms INTEGER;
-- The end of the step its host was reminded of last: the next step ends elsewhere, and is reminded of anew.
ALTER TABLE group_buys ADD COLUMN reminded_stage_ms INTEGER;
-- What is under way gets its time from now on: three weeks to arrive, and the day the hand-over ends on already.
UPDATE group_buys SET stage_ends_ms = updated_at_ms + 1814400000 WHERE state = 'purchasing';
UPDATE group_buys SET stage_ends_ms = due_at_ms WHERE state IN ('arrived', 'handing_over') AND settling_at_ms IS NULL;

-- Who is on the waiting list, as the claims object told last.
CREATE TABLE waiters (
  group_buy_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  units INTEGER NOT NULL CHECK (units BETWEEN 1 AND 10000),
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (group_buy_id, member_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX waiters_mine ON waiters (member_id, since_ms, group_buy_id);
