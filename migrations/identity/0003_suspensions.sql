-- One row a decision that suspends a member; the longest one that is not lifted counts.
CREATE TABLE suspensions (
  decision_id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  suspended_at_ms INTEGER NOT NULL,
  until_ms INTEGER NOT NULL,
  lifted_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX suspensions_of_member ON suspensions (member_id, until_ms) WHERE lifted_at_ms IS NULL;
