-- Members, from sign-up to withdrawal. A sign-up is a `pending` row that holds its login id and nickname for a day; a withdrawn
-- member keeps the row (others' books refer to it) and nothing personal.
CREATE TABLE members (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'withdrawn')),
  login_id TEXT,
  email TEXT,
  nickname TEXT NOT NULL,
  -- What two nicknames that look alike have in common (nickname.rules.ts).
  nickname_key TEXT,
  password_hash TEXT,
  role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'operator')),
  locale TEXT NOT NULL CHECK (locale IN ('ko', 'en')),
  introduction TEXT NOT NULL DEFAULT '',
  photo_id TEXT,
  neighbourhood_id TEXT,
  radius_km REAL NOT NULL DEFAULT 5 CHECK (radius_km BETWEEN 1 AND 50),
  version INTEGER NOT NULL DEFAULT 1 CHECK (version >= 1),
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER,
  joined_at_ms INTEGER,
  withdrawn_at_ms INTEGER,
  CHECK ((state = 'pending') = (expires_at_ms IS NOT NULL)),
  CHECK ((state = 'pending') = (joined_at_ms IS NULL)),
  CHECK ((state = 'withdrawn') = (withdrawn_at_ms IS NOT NULL)),
  CHECK ((state = 'withdrawn') = (login_id IS NULL)),
  CHECK ((state = 'withdrawn') = (email IS NULL)),
  CHECK ((state = 'withdrawn') = (nickname_key IS NULL)),
  CHECK ((state = 'withdrawn') = (password_hash IS NULL))
) STRICT;
CREATE UNIQUE INDEX members_login_id ON members (login_id);
CREATE UNIQUE INDEX members_nickname_key ON members (nickname_key);
-- An address has at most one account, and beside it at most one sign-up that waits: whether the account is there must not show.
CREATE UNIQUE INDEX members_email_active ON members (email) WHERE state = 'active';
CREATE UNIQUE INDEX members_email_pending ON members (email) WHERE state = 'pending';
CREATE INDEX members_expiry ON members (expires_at_ms) WHERE state = 'pending';

-- Mailed six-digit codes, as keyed hashes. A code is used by deleting its row in the batch of its effect.
CREATE TABLE codes (
  member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
  code_hash TEXT NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  PRIMARY KEY (member_id, purpose)
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_expiry ON codes (expires_at_ms);

-- A session is a family of refresh tokens, of which one at most is unspent.
CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  member_id TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
  device TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  last_seen_at_ms INTEGER NOT NULL,
  idle_expires_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  end_reason TEXT CHECK (
    end_reason IN ('signed_out', 'revoked', 'reused', 'crowded_out', 'password_reset', 'withdrawn')
  ),
  CHECK ((ended_at_ms IS NULL) = (end_reason IS NULL))
) STRICT;
-- Whole, not only of live ones: deleting a sign-up looks here for its sessions.
CREATE INDEX sessions_of_member ON sessions (member_id, last_seen_at_ms);
CREATE INDEX sessions_expiry ON sessions (expires_at_ms);
CREATE INDEX sessions_ended ON sessions (ended_at_ms) WHERE ended_at_ms IS NOT NULL;

-- Spent tokens stay as long as their session, so that any of them, replayed, is known as stolen. A spent one holds its successor
-- sealed under a key that only the holder of the spent token can derive.
CREATE TABLE refresh_tokens (
  hash TEXT PRIMARY KEY,
  session_id TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
  issued_at_ms INTEGER NOT NULL,
  spent_at_ms INTEGER,
  sealed_successor TEXT,
  CHECK ((spent_at_ms IS NULL) = (sealed_successor IS NULL))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX refresh_tokens_one_head ON refresh_tokens (session_id) WHERE spent_at_ms IS NULL;
CREATE INDEX refresh_tokens_of_session ON refresh_tokens (session_id);

-- Mail to send: written in the batch of its cause, sent at once and again by the tick. The letter is sealed, and gone once sent.
CREATE TABLE mails (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  sealed TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at_ms INTEGER NOT NULL,
  next_attempt_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL,
  sent_at_ms INTEGER
) STRICT;
CREATE INDEX mails_waiting ON mails (next_attempt_at_ms) WHERE sent_at_ms IS NULL AND sealed IS NOT NULL;
CREATE INDEX mails_age ON mails (created_at_ms);
