import type { Locale } from '#kit/problem'
import type { Letter } from './port.ts'

/** Why a letter is written, and what it must tell. */
export type LetterCause =
  | { kind: 'verify_email'; loginId: string; code: string }
  | { kind: 'already_member'; loginId: string }
  | { kind: 'find_id'; loginId: string }
  | { kind: 'reset_password'; loginId: string; code: string }
  | { kind: 'password_changed'; loginId: string }
  | { kind: 'password_changed_here'; loginId: string }
  | { kind: 'suspended'; loginId: string; untilMs: number; reason: string; appealAt: string | null }

type Words = { subject: string; lines: string[] }

/** The letter for a cause, in the reader's language. Names in it are login ids, which are plain ASCII; an operator's reason stands in its body only. */
export function letterOf(to: string, locale: Locale, cause: LetterCause): Letter {
  const { subject, lines } = locale === 'ko' ? korean(cause) : english(cause)
  const sign = locale === 'ko' ? '마당 드림' : 'Madang'
  return { to, subject, text: `${[...lines, '', sign].join('\n')}\n` }
}

function korean(cause: LetterCause): Words {
  switch (cause.kind) {
    case 'verify_email':
      return {
        subject: '마당 가입 확인 번호',
        lines: [
          `아이디 ${cause.loginId}로 가입하려면 아래 번호를 넣어 주세요.`,
          '',
          cause.code,
          '',
          '번호는 10분 동안 한 번만 쓸 수 있어요.',
          '이 아이디로 가입한 적이 없다면 번호를 어디에도 넣지 말고 이 메일을 지워 주세요.',
        ],
      }
    case 'already_member':
      return {
        subject: '이미 마당에 가입한 주소예요',
        lines: [
          '누군가 이 메일 주소로 마당에 가입하려고 했어요.',
          `이 주소는 이미 아이디 ${cause.loginId}로 가입되어 있어요.`,
          '',
          '본인이라면 그 아이디로 로그인하거나 비밀번호를 다시 정해 주세요.',
          '본인이 아니라면 아무것도 하지 않아도 돼요. 계정은 그대로예요.',
        ],
      }
    case 'find_id':
      return {
        subject: '마당 아이디 안내',
        lines: [
          `이 메일 주소로 가입한 아이디는 ${cause.loginId}예요.`,
          '',
          '찾은 적이 없다면 이 메일을 지워 주세요.',
        ],
      }
    case 'reset_password':
      return {
        subject: '마당 비밀번호 다시 정하기',
        lines: [
          `아이디 ${cause.loginId}의 비밀번호를 다시 정하려면 아래 번호를 넣어 주세요.`,
          '',
          cause.code,
          '',
          '번호는 10분 동안 한 번만 쓸 수 있어요. 요청한 적이 없다면 이 메일을 지워 주세요.',
        ],
      }
    case 'password_changed':
      return {
        subject: '마당 비밀번호가 바뀌었어요',
        lines: [
          `아이디 ${cause.loginId}의 비밀번호가 바뀌어서 모든 기기에서 로그아웃했어요.`,
          '',
          '본인이 바꾸지 않았다면 비밀번호를 바로 다시 정해 주세요.',
        ],
      }
    case 'password_changed_here':
      return {
        subject: '마당 비밀번호가 바뀌었어요',
        lines: [
          `아이디 ${cause.loginId}의 비밀번호가 바뀌어서 바꾼 기기 말고는 모두 로그아웃했어요.`,
          '',
          '본인이 바꾸지 않았다면 로그인 화면에서 비밀번호를 바로 다시 정해 주세요.',
        ],
      }
    case 'suspended':
      return {
        subject: '마당 이용이 잠시 멈췄어요',
        lines: [
          `아이디 ${cause.loginId}로는 ${dayAndTime(cause.untilMs, 'ko')}까지 로그인할 수 없어요.`,
          '',
          '이유:',
          cause.reason,
          '',
          '그 뒤에는 다시 로그인할 수 있어요.',
          ...appealLines(cause.appealAt, 'ko'),
        ],
      }
  }
}

function english(cause: LetterCause): Words {
  switch (cause.kind) {
    case 'verify_email':
      return {
        subject: 'Your Madang confirmation code',
        lines: [
          `To join as ${cause.loginId}, enter this code:`,
          '',
          cause.code,
          '',
          'It works once, for 10 minutes.',
          'If you did not sign up with this id, enter the code nowhere and delete this mail.',
        ],
      }
    case 'already_member':
      return {
        subject: 'This address already has a Madang account',
        lines: [
          'Someone tried to join Madang with this address.',
          `It already belongs to the account ${cause.loginId}.`,
          '',
          'If it was you, sign in with that id or reset its password.',
          'If not, there is nothing to do: your account is unchanged.',
        ],
      }
    case 'find_id':
      return {
        subject: 'Your Madang id',
        lines: [
          `The id that belongs to this address is ${cause.loginId}.`,
          '',
          'If you did not ask, delete this mail.',
        ],
      }
    case 'reset_password':
      return {
        subject: 'Reset your Madang password',
        lines: [
          `To choose a new password for ${cause.loginId}, enter this code:`,
          '',
          cause.code,
          '',
          'It works once, for 10 minutes. If you did not ask, delete this mail.',
        ],
      }
    case 'password_changed':
      return {
        subject: 'Your Madang password was changed',
        lines: [
          `The password of ${cause.loginId} was changed, and every device was signed out.`,
          '',
          'If this was not you, reset the password now.',
        ],
      }
    case 'password_changed_here':
      return {
        subject: 'Your Madang password was changed',
        lines: [
          `The password of ${cause.loginId} was changed, and every device but the one it was changed on was signed out.`,
          '',
          'If this was not you, reset the password from the sign-in page now.',
        ],
      }
    case 'suspended':
      return {
        subject: 'Your Madang account is suspended for now',
        lines: [
          `You cannot sign in as ${cause.loginId} until ${dayAndTime(cause.untilMs, 'en')}.`,
          '',
          'The reason:',
          cause.reason,
          '',
          'After that you can sign in again.',
          ...appealLines(cause.appealAt, 'en'),
        ],
      }
  }
}

/** How to appeal without signing in; a bare path is to be put behind the site's address. */
function appealLines(at: string | null, locale: Locale): string[] {
  if (at === null) return []
  const isPath = at.startsWith('/')
  if (locale === 'ko') {
    const where = isPath ? '마당 주소 뒤에 아래를 붙여 열면 돼요.' : '아래 주소에서 낼 수 있어요.'
    return ['', `잘못된 결정이라면 로그인하지 않고 60일 안에 한 번 이의를 낼 수 있어요. ${where}`, at]
  }
  const where = isPath ? 'Open this behind the address of Madang:' : 'Open this address:'
  return ['', `If this is wrong, you can appeal once within 60 days, without signing in. ${where}`, at]
}

/** A moment as people of the yard say it, in their zone. */
const dayAndTime = (atMs: number, locale: Locale): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Seoul' }).format(
    atMs,
  )
