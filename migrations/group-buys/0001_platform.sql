-- What every domain's database has, whatever it is about. scripts/new-domain copies this file.

-- Facts to tell, written in the batch of the change they tell of; kept a while after they were sent.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  event TEXT NOT NULL CHECK (json_valid(event)),
  created_at_ms INTEGER NOT NULL,
  sent_at_ms INTEGER
) STRICT;
CREATE INDEX outbox_unsent ON outbox (created_at_ms) WHERE sent_at_ms IS NULL;
CREATE INDEX outbox_sent ON outbox (sent_at_ms) WHERE sent_at_ms IS NOT NULL;

-- Facts heard, written in the batch of their effect; the key turns a second delivery into an aborted batch.
CREATE TABLE inbox (
  event_id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  handled_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_handled ON inbox (handled_at_ms);

-- Messages given up after all retries, for the operator to see and replay.
CREATE TABLE dead_letters (
  id TEXT PRIMARY KEY,
  queue TEXT NOT NULL,
  body TEXT NOT NULL,
  error TEXT NOT NULL,
  died_at_ms INTEGER NOT NULL,
  replayed_at_ms INTEGER
) STRICT;
CREATE INDEX dead_letters_waiting ON dead_letters (died_at_ms) WHERE replayed_at_ms IS NULL;

-- First answers, for retries; `status` is null while the first request is still being handled.
CREATE TABLE idempotency_keys (
  scope TEXT NOT NULL,
  key TEXT NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  body_hash TEXT NOT NULL,
  claim TEXT NOT NULL,
  claimed_at_ms INTEGER NOT NULL,
  status INTEGER,
  body TEXT,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_age ON idempotency_keys (claimed_at_ms);

-- Always empty: an insert of NULL aborts the batch it stands in (kit/d1.ts, assertChangedOne).
CREATE TABLE batch_guard (changed_one INTEGER NOT NULL) STRICT;
