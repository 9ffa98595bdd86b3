// The alphabet of search is shared with the search in one's messages (chat).
export {
  type FoldedChar,
  fold,
  foldChars,
  indexTokens,
  initialOf,
  initialsOf,
  isSyllable,
  jamoOf,
  LEADING_JAMO,
  pairs,
} from '#kit/grams'
