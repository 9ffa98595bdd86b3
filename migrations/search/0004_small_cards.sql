-- A page of cards is what a search takes from D1, so a card is kept small: a JSON array (workers/search/card.rules.ts) without
-- names of fields and without addresses, which follow from the images' ids.

UPDATE docs SET card = json_array(
  card ->> 'id', card ->> 'title', card ->> 'category', card ->> 'price', card ->> 'status',
  card ->> '$.seller.id', card ->> '$.seller.nickname', substr(card ->> '$.seller.photo.thumb', 6, 30),
  card ->> 'region', card ->> 'imageCount',
  card ->> '$.images[0].id', card ->> '$.images[0].width', card ->> '$.images[0].height',
  views, wishes, comments, chats,
  unixepoch(card ->> 'createdAt') * 1000 + CAST(substr(card ->> 'createdAt', 21, 3) AS INTEGER),
  unixepoch(card ->> 'bumpedAt') * 1000 + CAST(substr(card ->> 'bumpedAt', 21, 3) AS INTEGER)
) WHERE json_type(card) = 'object';

-- A face: its nickname and the id of its photo.
UPDATE faces SET seller = json_array(seller ->> 'nickname', substr(seller ->> '$.photo.thumb', 6, 30))
WHERE json_type(seller) = 'object';
