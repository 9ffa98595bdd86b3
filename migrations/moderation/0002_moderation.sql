-- Reports, what operators decide about them, appeals, blocks, and the log of every act.

-- One thing with all its reports; its id is the first report's. Once decided, a new report opens a new case.
CREATE TABLE cases (
  id TEXT NOT NULL PRIMARY KEY,
  -- What was reported, as one string: 'listing:lst_…', 'message:room_…:12'.
  target_key TEXT NOT NULL,
  target TEXT NOT NULL CHECK (json_valid(target)),
  subject_id TEXT NOT NULL,
  -- The listing it stands under, where there is one: its public replies grow old with a decision.
  listing_id TEXT,
  -- The title or the words as they were when the case was opened.
  excerpt TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'decided')),
  report_count INTEGER NOT NULL CHECK (report_count >= 1),
  opened_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX cases_one_open ON cases (target_key) WHERE state = 'open';
CREATE INDEX cases_open ON cases (id) WHERE state = 'open';
CREATE INDEX cases_target ON cases (target_key);

CREATE TABLE reports (
  id TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id),
  reporter_id TEXT NOT NULL,
  rule TEXT NOT NULL,
  text TEXT,
  outcome TEXT CHECK (outcome IN ('dismissed', 'acted')),
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX reports_once ON reports (case_id, reporter_id);
CREATE INDEX reports_case ON reports (case_id, id);
CREATE INDEX reports_reporter ON reports (reporter_id, id);
CREATE INDEX reports_day ON reports (reporter_id, created_at_ms);

-- Written before it is carried out ('acting', 'undoing'): what died half way is finished by the tick.
CREATE TABLE decisions (
  id TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id),
  member_id TEXT NOT NULL,
  act TEXT NOT NULL CHECK (act IN ('dismiss', 'hide', 'warn', 'suspend')),
  rule TEXT NOT NULL,
  reason TEXT NOT NULL,
  suspended_until_ms INTEGER,
  state TEXT NOT NULL CHECK (state IN ('acting', 'done', 'undoing', 'undone')),
  decided_at_ms INTEGER NOT NULL,
  CHECK ((act = 'suspend') = (suspended_until_ms IS NOT NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX decisions_case ON decisions (case_id);
CREATE INDEX decisions_member ON decisions (member_id, id) WHERE act <> 'dismiss';
CREATE INDEX decisions_unfinished ON decisions (id) WHERE state IN ('acting', 'undoing');

CREATE TABLE appeals (
  id TEXT NOT NULL PRIMARY KEY,
  decision_id TEXT NOT NULL REFERENCES decisions (id),
  text TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'upheld', 'overturned')),
  answer TEXT,
  created_at_ms INTEGER NOT NULL,
  CHECK ((state = 'open') = (answer IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX appeals_once ON appeals (decision_id);
CREATE INDEX appeals_open ON appeals (id) WHERE state = 'open';

CREATE TABLE blocks (
  member_id TEXT NOT NULL,
  blocked_id TEXT NOT NULL,
  blocked_at_ms INTEGER NOT NULL,
  PRIMARY KEY (member_id, blocked_id),
  CHECK (member_id <> blocked_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX blocks_newest ON blocks (member_id, blocked_at_ms, blocked_id);

-- Every act and every look of an operator, for good. Each row holds the SHA-256 over itself and the row before it, so that one that was
-- taken out or changed by other means shows.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY CHECK (seq >= 1),
  at_ms INTEGER NOT NULL,
  operator_id TEXT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL CHECK (length(hash) = 64)
) STRICT;
CREATE TRIGGER audit_stays AFTER UPDATE ON audit BEGIN
  SELECT raise(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_keeps BEFORE DELETE ON audit BEGIN
  SELECT raise(ABORT, 'the audit log is never shortened');
END;
