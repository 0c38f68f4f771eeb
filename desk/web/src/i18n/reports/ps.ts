import type { Shape } from '../shape.js'
import type { reports as en } from './en.js'

export const reports: Shape<typeof en> = {
  report: {
    title: 'د ورځې راپور',
    day: 'ورځ',
    previous: 'مخکينۍ ورځ',
    next: 'راتلونکې ورځ',
    csv: 'سي اېس وي',
    print: 'د چاپ پاڼه',
    span: 'له {{from}} تر {{to}}، د پاکستان وخت، د رسېدو له مخې',
    made: 'جوړ شوی {{at}}',
    incomplete: 'ورځ لا پوره شوې نه ده: دا تر اوسه شمېر دی.',
    total: 'پيغامونه',
    alerts: 'خبرداري',
    unjudged: 'نه ارزول شوي',
    districtUnknown: 'ضلع نامعلومه',
    corrected: 'په لاس سم شوي',
    confidence: 'منځنی ډاډ',
    confidenceOf: 'ژبه {{language}}، ډول {{category}}',
    byDistrict: 'د ضلعو له مخې',
    byLanguage: 'د ژبو له مخې',
    byChannel: 'د چينلونو له مخې',
    byCategory: 'د ډولونو له مخې',
    n: 'شمېر',
    share: 'د پوليسو په اړه نظر',
    none: 'په دې ورځ هېڅ پيغام نه دی راغلی.',
    noneWhy: 'بله ورځ وټاکئ، يا وګورئ چې سرچينې روانې وې که نه.',
    missing: 'د دې ورځې راپور نشته.',
    multiple: 'د دوو ضلعو پيغام په دواړو کرښو کې شمېرل کېږي.',
    unknown: 'نامعلوم',
  },
}
