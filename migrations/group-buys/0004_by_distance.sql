-- Near me by distance: the rows of the grid one by one, each walked from the middle outward, to the east and to the west. What ties
-- at one spot falls by `seq` either way, hence one index a direction.
CREATE INDEX group_buys_east ON group_buys (state, lat_milli, lng_milli, seq) WHERE lat_milli IS NOT NULL;
CREATE INDEX group_buys_west ON group_buys (state, lat_milli, lng_milli DESC, seq) WHERE lat_milli IS NOT NULL;
CREATE INDEX group_buys_category_east ON group_buys (state, category, lat_milli, lng_milli, seq) WHERE lat_milli IS NOT NULL;
CREATE INDEX group_buys_category_west ON group_buys (state, category, lat_milli, lng_milli DESC, seq)
  WHERE lat_milli IS NOT NULL;
