-- What an operator hid, and what a trade sold.

-- The status a listing had when an operator hid it, to which an overturned decision returns it; null when none did.
ALTER TABLE listings ADD COLUMN hidden_by_operator TEXT
  CHECK (hidden_by_operator IS NULL
    OR (status = 'hidden' AND hidden_by_operator IN ('on_sale', 'reserved', 'sold', 'hidden')));
-- The trade that sold it: only that one may put it on sale again.
ALTER TABLE listings ADD COLUMN sold_by_trade TEXT;
-- 1 while an operator's hiding stands: the words stay for whoever judges an appeal, and are shown to nobody else.
ALTER TABLE comments ADD COLUMN hidden_by_operator INTEGER NOT NULL DEFAULT 0 CHECK (hidden_by_operator IN (0, 1));

-- A hidden comment is not counted, and is not uncounted a second time when it goes.
DROP TRIGGER comment_uncounted;
DROP TRIGGER comment_blanked;
CREATE TRIGGER comment_uncounted AFTER DELETE ON comments
WHEN old.deleted_at_ms IS NULL AND old.hidden_by_operator = 0 BEGIN
  UPDATE listings SET comments = comments - 1, counts_dirty = 1 WHERE id = old.listing_id;
END;
CREATE TRIGGER comment_blanked AFTER UPDATE OF deleted_at_ms ON comments
WHEN old.deleted_at_ms IS NULL AND new.deleted_at_ms IS NOT NULL AND old.hidden_by_operator = 0 BEGIN
  UPDATE listings SET comments = comments - 1, counts_dirty = 1 WHERE id = new.listing_id;
END;
CREATE TRIGGER comment_hidden AFTER UPDATE OF hidden_by_operator ON comments
WHEN new.deleted_at_ms IS NULL AND old.hidden_by_operator <> new.hidden_by_operator BEGIN
  UPDATE listings SET comments = comments + CASE new.hidden_by_operator WHEN 1 THEN -1 ELSE 1 END, counts_dirty = 1
  WHERE id = new.listing_id;
END;
