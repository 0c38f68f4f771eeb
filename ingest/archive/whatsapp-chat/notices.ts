import { plainLine } from './marks.js'

const MAX_NOTICE_UNITS = 600

/** Whole lines of the phone's own, in English, Urdu and Pashto, with the reason for which they are left out. */
const NOTICES: readonly (readonly [string, RegExp])[] = [
  [
    'the notice of encryption',
    /^(?:messages (?:and calls|you send to this|to this)\b.*(?:end-to-end encrypt|secured)|.*(?:اینڈ ٹو اینڈ|شروع سے آخر تک|سرے سے سرے تک).*(?:انکرپٹ|مرموز|خفیہ|محفوظ).*|.*پیغامات اور کال.*(?:انکرپٹ|مرموز|خفیہ|رمز|محفوظ).*)/i,
  ],
  [
    'a changed security code',
    /(?:security code (?:with .+ )?(?:has )?changed|(?:سکیورٹی|سیکیورٹی|حفاظتی) کوڈ .*(?:تبدیل|بدل))/i,
  ],
  [
    'a changed phone number',
    /(?:changed (?:their|to a new) phone number|changed to \+?[\d ]+$|changed their number|(?:فون )?نمبر (?:تبدیل|بدل))/i,
  ],
  [
    'a changed name, picture or setting of the group',
    /(?:changed (?:the|this) (?:subject|group|group's|community)|changed (?:the )?group name|deleted this group's|changed this group's|changed the (?:settings|description|icon)|(?:گروپ|موضوع|عنوان|آئیکن|آئکن|تفصیل|ترتیبات).*(?:تبدیل|بدل))/i,
  ],
  ['the group was made', /(?:created (?:this )?(?:group|community)|گروپ (?:بنایا|تشکیل دیا|تخلیق کیا))/i],
  [
    'somebody came to the group',
    /(?: added (?!.*: ).+$|\b(?:was|were) added$| joined(?: using|from| via|$)|joined using (?:this|your|an?|the)|joined from the community| invited .+$|(?:کو|نے) .*(?:شامل کیا|ایڈ کیا|شامل کر لیا)|(?:شامل ہو(?:ا|ئے|ئی|ا ہے|ئے ہیں|گیا| گیا| گئے| گئی)|شامل کیا گیا|شامل کر دیا گیا|ور اضافه|ګډ شو|زیات کړ))/i,
  ],
  [
    'somebody left the group',
    /(?: left$| left the group$| removed .+$|\b(?:was|were) removed$|(?:چلا گیا|چلے گئے|چلی گئی|نکل گیا|نکل گئے|نکل گئی|چھوڑ دیا|چھوڑ گیا|چھوڑ گئے|نکال دیا|ہٹا دیا|نکالا گیا|ووت|پرېښود|لرې کړ))/i,
  ],
  ['who is an administrator', /(?:(?:now|no longer) an? (?:group )?admin|made .+ an admin|ایڈمن)/i],
  [
    'a setting of the chat',
    /(?:disappearing messages|message timer|pinned a message|unpinned|is a contact|blocked this contact|business account|turned (?:on|off) |approval|only admins|advanced chat privacy|غائب ہونے والے|پن کیا)/i,
  ],
]

/** Notices that stand in a person's place, as a message of theirs. */
const CALL =
  /^(?:(?:missed|silenced|declined|cancelled) (?:group )?(?:voice|video) call.{0,40}|(?:group )?(?:voice|video) call\. .{1,30}|null call|(?:مسڈ|چھوٹی ہوئی|نہ سنی گئی) (?:صوتی|وائس|ویڈیو|آڈیو) کال.{0,40})$/i
const WAITING = /^waiting for this message\.(?: this may take a while\.?)?(?: learn more\.?)?$/i
const DELETED: readonly RegExp[] = [
  /^(?:this message was deleted|you deleted this message|you deleted this message as (?:an )?admin|this message was deleted by (?:an )?admin.{0,60}|message deleted by (?:an )?admin.{0,60}|deleted this message)\.?$/i,
  /^(?:یہ|اس) پیغام (?:کو )?(?:حذف|ڈیلیٹ|ختم) (?:کر )?(?:دیا گیا|کیا گیا)(?: تھا| ہے)?۔?$/,
  /^(?:یہ پیغام (?:حذف|ڈیلیٹ) ہو (?:گیا|چکا)(?: تھا| ہے)?)۔?$/,
  /^آپ نے (?:یہ|اس) پیغام (?:کو )?(?:حذف|ڈیلیٹ) (?:کر دیا|کیا)(?: تھا| ہے)?۔?$/,
  /^(?:دا پیغام (?:ړنګ|حذف|پاک) (?:شو|شوی|شوی دی|شوی و)|تاسو دا پیغام (?:ړنګ|حذف|پاک) کړ(?:ی|و)?)\.?۔?$/,
  /^(?:تم حذف هذه الرسالة|(?:لقد )?حذفت هذه الرسالة|هذه الرسالة محذوفة)\.?$/,
]

export const isEncryptionNotice = (text: string): boolean => {
  const plain = plainLine(text)
  return plain.length <= MAX_NOTICE_UNITS && NOTICES[0]?.[1].test(plain) === true
}

/** The reason to leave out a line that the phone wrote by itself; undefined where no wording of it is known. */
export function noticeReason(line: string): string | undefined {
  const plain = plainLine(line)
  if (plain.length > MAX_NOTICE_UNITS) return undefined
  return NOTICES.find(([, test]) => test.test(plain))?.[0]
}

/** The reason to leave out a message that says only that there is none: deleted, a call, not arrived. */
export function emptyMessageReason(text: string): string | undefined {
  const plain = plainLine(text)
  if (plain.length > 200) return undefined
  if (DELETED.some((test) => test.test(plain))) return 'a message that was deleted'
  if (WAITING.test(plain)) return 'a message that had not arrived on the phone'
  return CALL.test(plain) ? 'a call' : undefined
}
