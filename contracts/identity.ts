import { z } from '@hono/zod-openapi'
import { ImageId, MemberId, SessionId } from './ids.ts'
import { ImageUrls } from './media.ts'
import { Neighbourhood, Position, RADIUS_KM_DEFAULT } from './place.ts'
import { longText, text } from './text.ts'

export const PASSWORD_LENGTH_MIN = 8
export const PASSWORD_LENGTH_MAX = 128

export const LoginId = z
  .string()
  .transform((value) => value.trim().toLowerCase())
  .pipe(z.string().regex(/^[a-z][a-z0-9_]{3,19}$/))
  .openapi({ type: 'string', pattern: '^[a-z][a-z0-9_]{3,19}$', example: 'minji' })

export const Email = z
  .string()
  .max(254)
  .transform((value) => value.trim().toLowerCase().normalize('NFC'))
  .pipe(z.email())
  .openapi({ type: 'string', format: 'email', maxLength: 254 })

/** Before normalising, a Korean letter may come as three (NFD, as some keyboards send it). */
const PASSWORD_UNITS_MAX = PASSWORD_LENGTH_MAX * 4

/** Bounded, well-formed, normalised like NIST says (NFC), never trimmed or cut. */
export const Password = z
  .string()
  .max(PASSWORD_UNITS_MAX)
  .refine((value) => value.isWellFormed() && !value.includes('\u0000'), { abort: true })
  .transform((value) => value.normalize('NFC'))
  .pipe(z.string().min(PASSWORD_LENGTH_MIN).max(PASSWORD_LENGTH_MAX))
  .openapi({ type: 'string', minLength: PASSWORD_LENGTH_MIN, maxLength: PASSWORD_LENGTH_MAX })

/** A password as someone types it to get in: compared, never stored, so only its size is bounded. */
const TypedPassword = z.string().min(1).max(PASSWORD_UNITS_MAX)

/** A password as presented, to be compared: bounded and well-formed, not judged. */
const PresentedPassword = z
  .string()
  .min(1)
  .max(PASSWORD_LENGTH_MAX)
  .refine((value) => value.isWellFormed() && !value.includes('\u0000'))
  .transform((value) => value.normalize('NFC'))
  .openapi({ type: 'string', minLength: 1, maxLength: PASSWORD_LENGTH_MAX })

/** Opaque to clients; its alphabet is all that is told. */
const RefreshToken = z
  .string()
  .max(512)
  .regex(/^[\w.-]+$/)

export const Nickname = text(2, 16)
export const Code = z
  .string()
  .regex(/^\d{6}$/)
  .openapi({ example: '123456' })

export const SignUpRequest = z.strictObject({
  loginId: LoginId,
  email: Email,
  password: Password,
  nickname: Nickname,
})
export const VerifyEmailRequest = z.strictObject({ email: Email, code: Code })
export const ResendCodeRequest = z.strictObject({ email: Email })
export const SignInRequest = z.strictObject({
  login: text(1, 254),
  password: TypedPassword,
  /** As an earlier sign-in on this device gave it: lets the owner in while others are guessing. */
  deviceToken: z.string().min(20).max(100).optional(),
})
export const RefreshRequest = z.strictObject({ refreshToken: RefreshToken })
export const FindIdRequest = z.strictObject({ email: Email })
export const ResetPasswordRequest = z.strictObject({ email: Email })
export const ResetPasswordConfirmRequest = z.strictObject({ email: Email, code: Code, password: Password })
export const AvailabilityQuery = z.object({
  loginId: LoginId.optional(),
  nickname: Nickname.optional(),
})
export const Availability = z
  .object({ loginId: z.boolean().optional(), nickname: z.boolean().optional() })
  .openapi('Availability')

/** What anyone may know of a member. */
export const PublicMember = z
  .object({
    id: MemberId,
    nickname: z.string(),
    photo: z.union([ImageUrls, z.null()]),
    region: z.string().nullable(),
    introduction: z.string(),
    joinedAt: z.iso.datetime(),
    withdrawn: z.boolean(),
  })
  .openapi('PublicMember')
export type PublicMember = z.infer<typeof PublicMember>

/** A member's home: the chosen neighbourhood and how far around it the feed reaches. */
export const Home = z.object({ neighbourhood: Neighbourhood, radiusKm: z.number() }).openapi('Home')

/** The member's own account. */
export const Me = PublicMember.extend({
  loginId: z.string(),
  email: z.string(),
  role: z.enum(['member', 'operator']),
  home: z.union([Home, z.null()]),
  locale: z.enum(['ko', 'en']),
}).openapi('Me')
export type Me = z.infer<typeof Me>

export const EditMeRequest = z.strictObject({
  nickname: Nickname.optional(),
  introduction: longText(0, 300).optional(),
  photoId: ImageId.nullable().optional(),
  neighbourhoodId: z.string().max(40).nullable().optional(),
  /** The browser's position, instead of a picked neighbourhood: the nearest one becomes home. */
  position: Position.optional(),
  radiusKm: z.number().min(1).max(50).default(RADIUS_KM_DEFAULT).optional(),
  locale: z.enum(['ko', 'en']).optional(),
})
export type EditMe = z.infer<typeof EditMeRequest>

/** `current` is what opens the account now, `password` what shall. */
export const ChangePasswordRequest = z.strictObject({ current: PresentedPassword, password: Password })
export const WithdrawRequest = z.strictObject({ password: PresentedPassword })

export const SignedUp = z
  .object({ member: z.object({ id: MemberId, loginId: z.string(), nickname: z.string() }) })
  .openapi('SignedUp')

export const Session = z
  .object({
    accessToken: z.string(),
    expiresIn: z.int().openapi({ description: 'seconds' }),
    refreshToken: z.string(),
    /** Given by a sign-in with a password: keep it on the device, also past sign-out, and send it with the next sign-in. */
    deviceToken: z.string().optional(),
    member: z.object({
      id: MemberId,
      loginId: z.string(),
      nickname: z.string(),
      role: z.enum(['member', 'operator']),
    }),
  })
  .openapi('Session')
export type Session = z.infer<typeof Session>

/** One line of "where am I signed in". */
export const SessionLine = z
  .object({
    id: SessionId,
    device: z.string(),
    createdAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    current: z.boolean(),
  })
  .openapi('SessionLine')
export type SessionLine = z.infer<typeof SessionLine>
