/**
 * Letters of other scripts, digits and signs drawn like a Latin letter. Not all of Unicode's list: what people can type and
 * what reads the same on a phone.
 */
// biome-ignore format: one letter a line would be a page
const DRAWN_LIKE: Record<string, string> = {
  а: 'a', α: 'a', ɑ: 'a', '@': 'a', в: 'b', β: 'b', ь: 'b', с: 'c', ϲ: 'c', ԁ: 'd', е: 'e', ё: 'e', ҽ: 'e', є: 'e', ε: 'e',
  ɡ: 'g', һ: 'h', н: 'h', η: 'n', і: 'l', ї: 'l', ι: 'l', ı: 'l', i: 'l', '1': 'l', '|': 'l', '!': 'l', ӏ: 'l', ј: 'j',
  к: 'k', κ: 'k', м: 'm', μ: 'u', п: 'n', ո: 'n', о: 'o', ο: 'o', σ: 'o', '0': 'o', օ: 'o', р: 'p', ρ: 'p', ԛ: 'q', г: 'r',
  ѕ: 's', $: 's', '5': 's', т: 't', τ: 't', υ: 'u', ս: 'u', ѵ: 'v', ν: 'v', ԝ: 'w', ω: 'w', х: 'x', χ: 'x', у: 'y', γ: 'y',
  ү: 'y', ʏ: 'y', ᴢ: 'z', ー: '一', ㅡ: '一', ロ: '口', ㅁ: '口', ト: '卜', ㅏ: '卜',
}

/** Keyed by what normalising leaves of each: a lone ㅁ becomes a syllable's first part. */
const LOOKALIKES = new Map(
  Object.entries(DRAWN_LIKE).map(([letter, like]) => [letter.normalize('NFKC'), like]),
)

const MARKS_ON_LETTERS = /(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])\p{Mn}+/gu
const UNSEEN = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Z}\p{P}\p{Cc}]/gu

/**
 * What two nicknames have in common when a neighbour would take one for the other: same case, width, accents, look-alike
 * letters, and nothing invisible. Two members never share it.
 */
export function nicknameKeyOf(nickname: string): string {
  const plain = nickname
    .normalize('NFKD')
    .toLowerCase()
    .replace(MARKS_ON_LETTERS, '')
    .normalize('NFKC')
    .toLowerCase()
  const drawn = Array.from(plain, (letter) => LOOKALIKES.get(letter) ?? letter).join('')
  const seen = drawn.replace(UNSEEN, '').replaceAll('rn', 'm').replaceAll('vv', 'w')
  // A name of signs only ("~~~") keeps them: an empty key would make all such names one.
  return seen === '' ? plain : seen
}

/** Words by which someone could pose as those who run the place, anywhere in a name. */
const POSING = [
  'admin',
  'operator',
  'moderator',
  'madang',
  '운영자',
  '운영팀',
  '관리자',
  '마당지기',
  '고객센터',
  '고객지원',
  '마당공식',
]
/** Names that are taken only as a whole. */
const RESERVED = [
  '마당',
  '떠난 이웃',
  '탈퇴회원',
  '알림',
  '공지',
  '공지사항',
  'official',
  'support',
  'system',
  'root',
  'null',
  'undefined',
  'me',
  'you',
  'help',
  '공식',
  '시스템',
  '운영',
  '관리',
  '직원',
  'staff',
  'team',
]

const posingKeys = POSING.map(nicknameKeyOf)
const reservedKeys = new Set(RESERVED.map(nicknameKeyOf))

/** Names nobody may take. To whoever asks they are simply taken. */
export function isReservedNickname(nickname: string): boolean {
  const key = nicknameKeyOf(nickname)
  return reservedKeys.has(key) || posingKeys.some((posing) => key.includes(posing))
}

const RESERVED_LOGIN_IDS = new Set([
  'admin',
  'administrator',
  'operator',
  'moderator',
  'root',
  'system',
  'support',
  'madang',
  'staff',
  'official',
  'webmaster',
  'postmaster',
  'hostmaster',
  'security',
  'abuse',
  'help',
  'null',
  'undefined',
  'anonymous',
  'guest',
])

/** Login ids nobody may take; the operator's own are made by hand. */
export const isReservedLoginId = (loginId: string): boolean =>
  RESERVED_LOGIN_IDS.has(loginId) || /^(admin|madang|operator)_?\d*$/.test(loginId)
