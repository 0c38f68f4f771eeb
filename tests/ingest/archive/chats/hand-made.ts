/** Chats as phones of many settings export them. Every person, number and event is invented. */
export interface HandMade {
  readonly name: string
  readonly text: string
  readonly dateOrder?: 'dmy' | 'mdy' | 'ymd'
  readonly zone?: string
  /** UTC time, author, words, and, where there is any, what came with it. */
  readonly messages: readonly (readonly [string, string, string, string?])[]
  readonly skipped: number
}

export const HAND_MADE: readonly HandMade[] = [
  {
    name: 'Android, English (US)',
    text: `12/30/24, 9:04 PM - Messages and calls are end-to-end encrypted. Only people in this chat can read, listen to, or share them. Learn more.
12/30/24, 9:04 PM - Asad Khan created group "Press KP"
12/30/24, 9:05 PM - Asad Khan: Road blocked at Charsadda: please confirm
12/31/24, 12:00 AM - Bilal: Happy new year
12/31/24, 12:59 PM - Bilal: <Media omitted>`,
    messages: [
      ['2024-12-30T16:05:00.000Z', 'Asad Khan', 'Road blocked at Charsadda: please confirm'],
      ['2024-12-30T19:00:00.000Z', 'Bilal', 'Happy new year'],
      ['2024-12-31T07:59:00.000Z', 'Bilal', '', 'document'],
    ],
    skipped: 2,
  },
  {
    name: 'iPhone, English (UK), with marks',
    text: `[31/12/2024, 21:05:12] Press KP: \u200eMessages and calls are end-to-end encrypted. Only people in this chat can read, listen to, or share them.
[31/12/2024, 21:05:13] Press KP: \u200eYou added ~\u202fGul
\u200e[31/12/2024, 21:06:00] ~\u202fGul: \u200e<attached: 00000012-PHOTO-2024-12-31-21-06-00.jpg>
\u200e[31/12/2024, 21:06:30] ~\u202fGul: The bridge \u200e<attached: 00000013-PHOTO-2024-12-31-21-06-30.jpg>
\u200e[31/12/2024, 21:07:00] ~\u202fGul: FIR.pdf • \u200e3 pages \u200e<attached: 00000014-FIR.pdf>
[31/12/2024, 21:08:00] ~\u202fGul: \u200eThis message was deleted.
[31/12/2024, 21:09:00] Asad: Noted.\u200e <This message was edited>`,
    messages: [
      ['2024-12-31T16:06:00.000Z', '~ Gul', '', 'image 00000012-PHOTO-2024-12-31-21-06-00.jpg'],
      ['2024-12-31T16:06:30.000Z', '~ Gul', 'The bridge', 'image 00000013-PHOTO-2024-12-31-21-06-30.jpg'],
      ['2024-12-31T16:07:00.000Z', '~ Gul', '', 'document 00000014-FIR.pdf'],
      ['2024-12-31T16:09:00.000Z', 'Asad', 'Noted.'],
    ],
    skipped: 3,
  },
  {
    name: 'Android, Urdu, Extended Arabic-Indic digits and Urdu parts of the day',
    text: `۳۱ دسمبر، ۲۰۲۴، ۹:۰۵ صبح - پیغامات اور کالز اینڈ ٹو اینڈ انکرپٹڈ ہیں۔
۳۱ دسمبر، ۲۰۲۴، ۹:۰۶ صبح - اسد خان: السلام علیکم
تمام دوستوں کو

اطلاع دی جاتی ہے
۳۱ دسمبر، ۲۰۲۴، ۱۲:۳۰ دوپہر - زرغونہ: شکریہ
۳۱ دسمبر، ۲۰۲۴، ۴:۱۰ سہ پہر - زرغونہ: یہ پیغام حذف کر دیا گیا
۳۱ دسمبر، ۲۰۲۴، ۷:۰۰ شام - اسد خان: سڑک کھل گئی
۳۱ دسمبر، ۲۰۲۴، ۱۱:۴۵ رات - اسد خان: شب بخیر
۱ جنوری، ۲۰۲۵، ۱:۱۵ رات - زرغونہ: ہوائی فائرنگ کی آواز`,
    messages: [
      ['2024-12-31T04:06:00.000Z', 'اسد خان', 'السلام علیکم\nتمام دوستوں کو\n\nاطلاع دی جاتی ہے'],
      ['2024-12-31T07:30:00.000Z', 'زرغونہ', 'شکریہ'],
      ['2024-12-31T14:00:00.000Z', 'اسد خان', 'سڑک کھل گئی'],
      ['2024-12-31T18:45:00.000Z', 'اسد خان', 'شب بخیر'],
      ['2024-12-31T20:15:00.000Z', 'زرغونہ', 'ہوائی فائرنگ کی آواز'],
    ],
    skipped: 2,
  },
  {
    name: 'Android, Pashto words, Arabic-Indic digits, day first, marks round every number',
    text: `\u200f٢٨\u200f/٢\u200f/٢٠٢٥، ٨:٠٥ م - وروړ: په لاره کې ګڼه ګوڼه ده
\u200f١\u200f/٣\u200f/٢٠٢٥، ٧:١٠ ص - \u202a+92 300 1112223\u202c: مننه`,
    messages: [
      ['2025-02-28T15:05:00.000Z', 'وروړ', 'په لاره کې ګڼه ګوڼه ده'],
      ['2025-03-01T02:10:00.000Z', '+92 300 1112223', 'مننه'],
    ],
    skipped: 0,
  },
  {
    name: 'narrow no-break space before AM and PM',
    text: `1/31/25, 11:59\u202fPM - A: one\n2/1/25, 12:00\u202fAM - B: two`,
    messages: [
      ['2025-01-31T18:59:00.000Z', 'A', 'one'],
      ['2025-01-31T19:00:00.000Z', 'B', 'two'],
    ],
    skipped: 0,
  },
  {
    name: 'decided by going on in time: day first across a month',
    text: `11/01/25, 10:00 - A: one\n12/01/25, 10:00 - B: two\n02/02/25, 10:00 - A: three\n03/02/25, 10:00 - B: four`,
    messages: [
      ['2025-01-11T05:00:00.000Z', 'A', 'one'],
      ['2025-01-12T05:00:00.000Z', 'B', 'two'],
      ['2025-02-02T05:00:00.000Z', 'A', 'three'],
      ['2025-02-03T05:00:00.000Z', 'B', 'four'],
    ],
    skipped: 0,
  },
  {
    name: 'said by the option, month first',
    dateOrder: 'mdy',
    text: `01/02/25, 10:00 - A: one\n01/03/25, 10:00 - B: two`,
    messages: [
      ['2025-01-02T05:00:00.000Z', 'A', 'one'],
      ['2025-01-03T05:00:00.000Z', 'B', 'two'],
    ],
    skipped: 0,
  },
  {
    name: 'year first, Canada, with p.m.',
    text: `2024-12-20, 5:46 p.m. - Farid: hello\n2024-12-20, 5:47\u202fp.m. - Farid: again`,
    messages: [
      ['2024-12-20T12:46:00.000Z', 'Farid', 'hello'],
      ['2024-12-20T12:47:00.000Z', 'Farid', 'again'],
    ],
    skipped: 0,
  },
  {
    name: 'German, dots, no seconds',
    text: `03.08.21, 12:30 - A: eins\n23.08.21, 13:30 - B: <Medien ausgeschlossen>`,
    messages: [
      ['2021-08-03T07:30:00.000Z', 'A', 'eins'],
      ['2021-08-23T08:30:00.000Z', 'B', '', 'document'],
    ],
    skipped: 0,
  },
  {
    name: 'Spanish, p. m. with no-break spaces, files',
    text: `28/3/2025, 9:29 p.\u00a0m. - Ana: hola\n28/3/2025, 9:36 p.\u00a0m. - Ana: PTT-20250328-WA0014.opus (archivo adjunto)`,
    messages: [
      ['2025-03-28T16:29:00.000Z', 'Ana', 'hola'],
      ['2025-03-28T16:36:00.000Z', 'Ana', '', 'audio PTT-20250328-WA0014.opus'],
    ],
    skipped: 0,
  },
  {
    name: 'Finnish iPhone: klo, dots in the time',
    text: `[12.3.2022 klo 14.08.18] Matti: yksi\n[13.3.2022 klo 9.05.00] Maija: kaksi`,
    messages: [
      ['2022-03-12T09:08:18.000Z', 'Matti', 'yksi'],
      ['2022-03-13T04:05:00.000Z', 'Maija', 'kaksi'],
    ],
    skipped: 0,
  },
  {
    name: 'an old iPhone without brackets',
    text: `24/3/14, 13:59:59: Gul: one\n24/3/14, 14:00:01: Gul: two: three`,
    messages: [
      ['2014-03-24T08:59:59.000Z', 'Gul', 'one'],
      ['2014-03-24T09:00:01.000Z', 'Gul', 'two: three'],
    ],
    skipped: 0,
  },
  {
    name: 'a quotation of the same form, and one of another',
    text: `[14/01/2025, 10:00:00 AM] Asad: [31/12/2024, 9:05:12 PM] Sara: they are coming
[31/12/2024, 9:06:00 PM] Asad: who?
[31/12/2024, 9:07:00 PM] Sara: all
[14/01/2025, 10:01:00 AM] Bilal: Forwarded:
31/12/24, 9:05 PM - Someone: the road is shut
[14/01/2025, 10:02:00 AM] Asad: he wrote
[02/01/2025, 8:00:00 AM] Stranger: an old one
[14/01/2025, 10:03:00 AM] Bilal: ok`,
    messages: [
      [
        '2025-01-14T05:00:00.000Z',
        'Asad',
        '[31/12/2024, 9:05:12 PM] Sara: they are coming\n[31/12/2024, 9:06:00 PM] Asad: who?\n[31/12/2024, 9:07:00 PM] Sara: all',
      ],
      ['2025-01-14T05:01:00.000Z', 'Bilal', 'Forwarded:\n31/12/24, 9:05 PM - Someone: the road is shut'],
      ['2025-01-14T05:02:00.000Z', 'Asad', 'he wrote\n[02/01/2025, 8:00:00 AM] Stranger: an old one'],
      ['2025-01-14T05:03:00.000Z', 'Bilal', 'ok'],
    ],
    skipped: 0,
  },
  {
    name: 'late messages stay in their place with their time',
    text: `31/12/24, 21:05 - A: one\n31/12/24, 21:03 - B: late\n31/12/24, 21:06 - A: three\n31/12/24, 21:06 - B: four`,
    messages: [
      ['2024-12-31T16:05:00.000Z', 'A', 'one'],
      ['2024-12-31T16:03:00.000Z', 'B', 'late'],
      ['2024-12-31T16:06:00.000Z', 'A', 'three'],
      ['2024-12-31T16:06:00.000Z', 'B', 'four'],
    ],
    skipped: 0,
  },
  {
    name: 'names with a dash, a colon, a bracket; a notice that quotes a colon',
    text: `31/12/24, 20:00 - Ali - Press: one
31/12/24, 20:01 - Dr: Imran: two
31/12/24, 20:02 - Dr: Imran: three
31/12/24, 20:03 - Dr: Imran: four
31/12/24, 20:04 - Gul (DSP) [Mardan]: Note: five
31/12/24, 20:05 - Ali - Press changed the subject from “KP” to “KP: Press”
31/12/24, 20:06 - Dr: Imran left`,
    messages: [
      ['2024-12-31T15:00:00.000Z', 'Ali - Press', 'one'],
      ['2024-12-31T15:01:00.000Z', 'Dr: Imran', 'two'],
      ['2024-12-31T15:02:00.000Z', 'Dr: Imran', 'three'],
      ['2024-12-31T15:03:00.000Z', 'Dr: Imran', 'four'],
      ['2024-12-31T15:04:00.000Z', 'Gul (DSP) [Mardan]', 'Note: five'],
    ],
    skipped: 2,
  },
  {
    name: 'one who begins every message with a label keeps the label in the words',
    text: `31/12/24, 20:00 - Control Room: Alert: fire at Saddar\n31/12/24, 20:01 - Control Room: Alert: fire is out\n31/12/24, 20:02 - Control Room: Alert: road open`,
    messages: [
      ['2024-12-31T15:00:00.000Z', 'Control Room', 'Alert: fire at Saddar'],
      ['2024-12-31T15:01:00.000Z', 'Control Room', 'Alert: fire is out'],
      ['2024-12-31T15:02:00.000Z', 'Control Room', 'Alert: road open'],
    ],
    skipped: 0,
  },
  {
    name: 'pins, polls, cards, live locations',
    text: `31/12/24, 20:00 - A: location: https://maps.google.com/?q=34.0151,71.5249
31/12/24, 20:01 - A: Come here https://maps.google.com/?q=34.0151,71.5249 now
31/12/24, 20:02 - B: POLL:
Meet at?
OPTION: Peshawar (3 votes)
OPTION: Mardan (1 vote)
31/12/24, 20:03 - B: Rescue 1122.vcf (file attached)
31/12/24, 20:04 - B: live location shared`,
    messages: [
      ['2024-12-31T15:00:00.000Z', 'A', '', 'pin 34.0151,71.5249'],
      [
        '2024-12-31T15:01:00.000Z',
        'A',
        'Come here https://maps.google.com/?q=34.0151,71.5249 now',
        'pin 34.0151,71.5249',
      ],
      ['2024-12-31T15:02:00.000Z', 'B', 'POLL:\nMeet at?\nOPTION: Peshawar (3 votes)\nOPTION: Mardan (1 vote)'],
      ['2024-12-31T15:03:00.000Z', 'B', '', 'document Rescue 1122.vcf'],
      ['2024-12-31T15:04:00.000Z', 'B', ''],
    ],
    skipped: 0,
  },
  {
    name: 'carriage returns alone, a byte order mark, an empty message, Urdu month by its short year',
    text: `\ufeff31 دسمبر 24 9:05 بعد دوپہر - علی: خبر\r31 دسمبر 24 9:06 بعد دوپہر - علی: \r31 دسمبر 24 9:07 بعد دوپہر - علی: پھر\r`,
    messages: [
      ['2024-12-31T16:05:00.000Z', 'علی', 'خبر'],
      ['2024-12-31T16:06:00.000Z', 'علی', ''],
      ['2024-12-31T16:07:00.000Z', 'علی', 'پھر'],
    ],
    skipped: 0,
  },
  {
    name: 'a clock of another zone, over the night it is moved',
    zone: 'Europe/London',
    text: `31/03/24, 00:59 - A: before\n31/03/24, 02:01 - A: after\n27/10/24, 12:00 - A: winter`,
    messages: [
      ['2024-03-31T00:59:00.000Z', 'A', 'before'],
      ['2024-03-31T01:01:00.000Z', 'A', 'after'],
      ['2024-10-27T12:00:00.000Z', 'A', 'winter'],
    ],
    skipped: 0,
  },
  {
    name: 'words that only look like a notice stay words',
    text: `31/12/24, 20:00 - A: Bilal left
31/12/24, 20:01 - A: یہ پیغام ڈیلیٹ کر دو ورنہ
31/12/24, 20:02 - B: They removed the barrier
31/12/24, 20:03 - B: 12/30/24 was the day, at 9:05 - remember
31/12/24, 20:04 - B: 1/1/11, 1:11`,
    messages: [
      ['2024-12-31T15:00:00.000Z', 'A', 'Bilal left'],
      ['2024-12-31T15:01:00.000Z', 'A', 'یہ پیغام ڈیلیٹ کر دو ورنہ'],
      ['2024-12-31T15:02:00.000Z', 'B', 'They removed the barrier'],
      ['2024-12-31T15:03:00.000Z', 'B', '12/30/24 was the day, at 9:05 - remember'],
      ['2024-12-31T15:04:00.000Z', 'B', '1/1/11, 1:11'],
    ],
    skipped: 0,
  },
]
