import { z } from '@hono/zod-openapi'

type Sentence = { ko: string; en: string }
type ErrorEntry = {
  status: 400 | 401 | 403 | 404 | 409 | 411 | 413 | 415 | 422 | 429 | 500 | 503
  title: Sentence
  detail: Sentence
}

const entry = (status: ErrorEntry['status'], ko: string, en: string, koDetail: string, enDetail: string) =>
  ({ status, title: { ko, en }, detail: { ko: koDetail, en: enDetail } }) satisfies ErrorEntry

/**
 * The closed list of refusals. A code never changes its meaning or status; `detail` tells a person what to do next.
 */
export const ERRORS = {
  VALIDATION_FAILED: entry(
    400,
    '입력을 확인해 주세요',
    'Check what you entered',
    '표시된 항목을 고쳐서 다시 보내 주세요.',
    'Correct the fields named in `errors` and send it again.',
  ),
  CURSOR_INVALID: entry(
    400,
    '목록 위치가 맞지 않아요',
    'That page position does not fit',
    '목록을 처음부터 다시 불러와 주세요.',
    'Load the list again from its start.',
  ),
  UNAUTHENTICATED: entry(
    401,
    '로그인이 필요해요',
    'Please sign in',
    '로그인한 뒤 다시 시도해 주세요.',
    'Sign in and try again.',
  ),
  CREDENTIALS_WRONG: entry(
    401,
    '아이디나 비밀번호가 맞지 않아요',
    'That sign-in did not match',
    '아이디(또는 이메일)와 비밀번호를 다시 확인해 주세요.',
    'Check the id or e-mail and the password.',
  ),
  SESSION_ENDED: entry(
    401,
    '로그인이 끝났어요',
    'Your session has ended',
    '다시 로그인해 주세요.',
    'Sign in again.',
  ),
  EMAIL_UNVERIFIED: entry(
    403,
    '이메일 확인이 남았어요',
    'Your e-mail is not confirmed yet',
    '메일로 보낸 여섯 자리 숫자를 넣어 주세요.',
    'Enter the 6-digit code we mailed you.',
  ),
  FORBIDDEN: entry(
    403,
    '할 수 없는 일이에요',
    'Not allowed',
    '이 계정으로는 할 수 없어요.',
    'This account cannot do that.',
  ),
  ORIGIN_REFUSED: entry(
    403,
    '다른 곳에서 온 요청이에요',
    'The request came from elsewhere',
    '마당 페이지에서 다시 시도해 주세요.',
    'Try again from a Madang page.',
  ),
  NOT_FOUND: entry(
    404,
    '찾을 수 없어요',
    'Not found',
    '지워졌거나 주소가 달라졌을 수 있어요.',
    'It may have been deleted, or the address is wrong.',
  ),
  CONFLICT: entry(
    409,
    '그사이 바뀌었어요',
    'It changed meanwhile',
    '새로 불러온 뒤 다시 시도해 주세요.',
    'Load it again and retry.',
  ),
  REQUEST_IN_FLIGHT: entry(
    409,
    '같은 요청을 처리하고 있어요',
    'The same request is being handled',
    '잠시 뒤 같은 요청 번호로 다시 보내 주세요.',
    'Retry with the same key in a moment.',
  ),
  LOGIN_ID_TAKEN: entry(
    409,
    '이미 쓰는 아이디예요',
    'That id is taken',
    '다른 아이디를 골라 주세요.',
    'Choose another id.',
  ),
  NICKNAME_TAKEN: entry(
    409,
    '이미 쓰는 별명이에요',
    'That nickname is taken',
    '다른 별명을 골라 주세요.',
    'Choose another nickname.',
  ),
  LISTING_LIMIT_REACHED: entry(
    409,
    '더 올릴 수 없어요',
    'No more listings for now',
    '끝난 글을 정리한 뒤 다시 올려 주세요.',
    'Close some of your listings first.',
  ),
  BUMP_TOO_SOON: entry(
    409,
    '아직 끌어올릴 수 없어요',
    'Too soon to bump',
    '안내한 시각이 지난 뒤 다시 눌러 주세요.',
    'Wait until the time given and try again.',
  ),
  HIDDEN_BY_OPERATOR: entry(
    403,
    '운영자가 가린 글이에요',
    'An operator has hidden this',
    '알림에 있는 이유를 보고, 다르게 생각하면 이의를 내 주세요.',
    'See the reason in your notifications; you may appeal there.',
  ),
  MEMBER_SUSPENDED: entry(
    403,
    '이 계정은 잠시 멈춰 있어요',
    'This account is suspended for now',
    '메일로 보낸 이유와 기간을 확인해 주세요. 이의를 내는 길도 그 메일에 있어요.',
    'See the reason and the end date in the mail we sent you; the way to appeal is there too.',
  ),
  MEMBER_BLOCKED: entry(
    403,
    '지금은 이 이웃과 이야기할 수 없어요',
    'You cannot talk with this neighbour now',
    '다른 이웃의 물건을 둘러보세요.',
    'Have a look at what other neighbours offer.',
  ),
  LISTING_SOLD: entry(
    409,
    '이미 거래가 끝난 물건이에요',
    'This has been sold already',
    '비슷한 다른 물건을 찾아보세요.',
    'Look for something similar.',
  ),
  ROOM_CLOSED: entry(
    409,
    '닫힌 대화예요',
    'This conversation is closed',
    '지난 이야기는 볼 수 있지만 새로 보낼 수는 없어요.',
    'You can read it but not write in it any more.',
  ),
  CLIENT_ID_REUSED: entry(
    422,
    '같은 번호로 다른 메시지가 있어요',
    'Another message has this clientId',
    '새 clientId로 다시 보내 주세요.',
    'Send it again with a new clientId.',
  ),
  EDIT_WINDOW_OVER: entry(
    409,
    '고칠 수 있는 시간이 지났어요',
    'It is too late to change this',
    '새 메시지로 알려 주세요.',
    'Tell it in a new message.',
  ),
  TICKET_INVALID: entry(
    403,
    '연결 표가 맞지 않아요',
    'That ticket is not good',
    '새 표를 받아 다시 연결해 주세요.',
    'Get a new ticket and connect again.',
  ),
  NOT_CHATTED: entry(
    409,
    '대화한 이웃만 고를 수 있어요',
    'Only someone you chatted with',
    '이 물건으로 대화한 이웃 가운데에서 골라 주세요.',
    'Choose among the neighbours who wrote to you about it.',
  ),
  UNDO_WINDOW_OVER: entry(
    409,
    '되돌릴 수 있는 시간이 지났어요',
    'It is too late to undo this',
    '하루가 지난 거래는 되돌릴 수 없어요.',
    'A trade can be undone for a day.',
  ),
  TRADE_REVIEWED: entry(
    409,
    '둘 다 후기를 쓴 거래예요',
    'Both of you have reviewed this',
    '후기가 공개된 거래는 되돌릴 수 없어요.',
    'A trade whose reviews are out cannot be undone.',
  ),
  REVIEW_WINDOW_OVER: entry(
    409,
    '후기를 쓸 수 있는 때가 아니에요',
    'Reviews are not open now',
    '거래가 끝난 뒤 14일 동안 쓸 수 있어요.',
    'You can write one within 14 days after the trade.',
  ),
  REVIEW_WRITTEN: entry(
    409,
    '이미 후기를 썼어요',
    'You have reviewed this already',
    '후기는 거래마다 한 번 쓸 수 있어요.',
    'You can write one review a trade.',
  ),
  APPOINTMENT_TIME_INVALID: entry(
    422,
    '약속 시간을 확인해 주세요',
    'Check the time of the appointment',
    '지금부터 90일 안의 시간으로 정해 주세요.',
    'Choose a time within the next 90 days.',
  ),
  OUTCOME_NOT_OPEN: entry(
    409,
    '아직 말할 때가 아니에요',
    'You cannot say this now',
    '약속 30분 전부터 일주일 동안 말할 수 있어요.',
    'You can say it from half an hour before until a week after.',
  ),
  ALERT_LIMIT_REACHED: entry(
    409,
    '알림을 더 만들 수 없어요',
    'No more alerts',
    '쓰지 않는 알림을 지우고 다시 만들어 주세요.',
    'Delete one you no longer need and try again.',
  ),
  CASE_DECIDED: entry(
    409,
    '이미 판단한 신고예요',
    'This has been decided already',
    '목록을 새로 불러와 주세요.',
    'Load the queue again.',
  ),
  APPEAL_USED: entry(
    409,
    '이의는 한 번만 낼 수 있어요',
    'You can appeal once',
    '먼저 낸 이의의 답을 기다려 주세요.',
    'Please wait for the answer to your appeal.',
  ),
  OWN_THING: entry(
    409,
    '내 것은 할 수 없어요',
    'Not on what is yours',
    '다른 이웃의 것에만 할 수 있어요.',
    'You can do this only to what is someone else’s.',
  ),
  OWN_LISTING: entry(
    409,
    '내가 올린 물건이에요',
    'This is your own listing',
    '다른 이웃의 물건에만 할 수 있어요.',
    'You can do this only with a neighbour’s listing.',
  ),
  IMAGE_NOT_YOURS: entry(
    409,
    '쓸 수 없는 사진이에요',
    'That photo cannot be used',
    '사진을 다시 올린 뒤 붙여 주세요.',
    'Upload the photo again and attach it.',
  ),
  IMAGE_QUOTA_REACHED: entry(
    409,
    '사진을 더 올릴 수 없어요',
    'Photo allowance used up',
    '쓰지 않는 사진이 정리된 뒤 다시 올려 주세요.',
    'Try again after unused photos have been cleared.',
  ),
  LENGTH_REQUIRED: entry(
    411,
    '크기를 알 수 없어요',
    'Length required',
    'Content-Length와 함께 보내 주세요.',
    'Send a Content-Length.',
  ),
  BODY_TOO_LARGE: entry(413, '너무 커요', 'Too large', '내용을 줄여서 다시 보내 주세요.', 'Send less.'),
  IMAGE_TOO_LARGE: entry(
    413,
    '사진이 너무 커요',
    'The photo is too large',
    '10MB 이하의 사진을 골라 주세요.',
    'Choose a photo of at most 10 MB.',
  ),
  MEDIA_TYPE_UNSUPPORTED: entry(
    415,
    '알 수 없는 형식이에요',
    'Unsupported content type',
    'JSON으로 보내 주세요.',
    'Send JSON.',
  ),
  IMAGE_TYPE_UNSUPPORTED: entry(
    415,
    '쓸 수 없는 사진 형식이에요',
    'Unsupported photo type',
    'JPEG, PNG, WebP, AVIF 사진을 골라 주세요.',
    'Choose a JPEG, PNG, WebP or AVIF photo.',
  ),
  IMAGE_DIMENSIONS_TOO_LARGE: entry(
    422,
    '사진의 가로세로가 너무 커요',
    'The photo has too many pixels',
    '한 변이 8000픽셀 이하인 사진을 골라 주세요.',
    'Choose a photo of at most 8000 pixels a side.',
  ),
  IMAGE_BROKEN: entry(
    422,
    '사진을 읽을 수 없어요',
    'The photo cannot be read',
    '다른 사진을 골라 주세요.',
    'Choose another photo.',
  ),
  IMAGE_ANIMATED: entry(
    422,
    '움직이는 사진은 올릴 수 없어요',
    'Animated images are not taken',
    '멈춘 사진을 골라 주세요.',
    'Choose a still photo.',
  ),
  IDEMPOTENCY_KEY_REUSED: entry(
    422,
    '요청 번호를 다른 내용에 다시 썼어요',
    'That key was used for another request',
    '새 요청 번호로 보내 주세요.',
    'Use a new key for a new request.',
  ),
  CODE_WRONG: entry(
    422,
    '확인 번호가 맞지 않아요',
    'That code did not match',
    '메일의 숫자를 다시 확인하거나 새 번호를 받아 주세요.',
    'Check the code, or ask for a new one.',
  ),
  PASSWORD_WEAK: entry(
    422,
    '쉽게 알아낼 수 있는 비밀번호예요',
    'That password is easy to guess',
    '8자 이상, 흔하지 않은 비밀번호를 써 주세요.',
    'Use at least 8 characters that are not a common password.',
  ),
  PLANT_PART_FORBIDDEN: entry(
    422,
    '팔 수 없는 식물 상태예요',
    'That form of plant cannot be sold',
    '삽수·씨앗·묘목은 종자업 등록이 있어야 팔 수 있어요. 화분째인 식물만 올려 주세요.',
    'Cuttings, seeds and saplings need a seed-business registration. Sell whole potted plants.',
  ),
  TOO_MANY_REQUESTS: entry(
    429,
    '잠시 쉬었다 해 주세요',
    'Too many requests',
    '안내한 시간이 지난 뒤 다시 시도해 주세요.',
    'Wait for the time given and try again.',
  ),
  INTERNAL: entry(
    500,
    '저희 쪽에 문제가 생겼어요',
    'Something went wrong on our side',
    '저장된 것은 그대로예요. 잠시 뒤 다시 시도해 주세요.',
    'What was saved is safe. Try again in a moment.',
  ),
  UNAVAILABLE: entry(
    503,
    '지금은 쓸 수 없어요',
    'Not available right now',
    '잠시 뒤 다시 시도해 주세요.',
    'Try again in a moment.',
  ),
} as const satisfies Record<string, ErrorEntry>

export type ErrorCode = keyof typeof ERRORS
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]

export const FieldError = z.object({ path: z.string(), message: z.string() })
export type FieldError = z.infer<typeof FieldError>

/** RFC 9457 `application/problem+json`. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(ERROR_CODES),
    detail: z.string(),
    requestId: z.string(),
    retryAfterSeconds: z.int().optional(),
    errors: z.array(FieldError).optional(),
  })
  .openapi('Problem')
export type Problem = z.infer<typeof Problem>

/** A refusal that a caller must expect. It travels as a value, also across RPC; only bugs and outages are thrown. */
export type Refusal = { code: ErrorCode; retryAfterSeconds?: number; errors?: FieldError[] }
export type Result<Value> = { ok: true; value: Value } | { ok: false; refusal: Refusal }
