import type { Shape } from '../shape.js'
import type { reports as en } from './en.js'

export const reports: Shape<typeof en> = {
  report: {
    title: 'دن کی رپورٹ',
    day: 'دن',
    previous: 'پچھلا دن',
    next: 'اگلا دن',
    csv: 'سی ایس وی',
    print: 'چھپائی کا صفحہ',
    span: '{{from}} تا {{to}}، پاکستان کا وقت، موصول ہونے کے وقت سے',
    made: 'تیار {{at}}',
    incomplete: 'دن ابھی باقی ہے: یہ اب تک کی گنتی ہے۔',
    total: 'پیغامات',
    alerts: 'الارم',
    unjudged: 'بغیر جانچ',
    districtUnknown: 'ضلع نامعلوم',
    corrected: 'ہاتھ سے درست کیے گئے',
    confidence: 'اوسط یقین',
    confidenceOf: 'زبان {{language}}، قسم {{category}}',
    byDistrict: 'ضلع وار',
    byLanguage: 'زبان وار',
    byChannel: 'چینل وار',
    byCategory: 'قسم وار',
    n: 'تعداد',
    share: 'پولیس کے بارے میں رائے',
    none: 'اس دن کوئی پیغام نہیں آیا۔',
    noneWhy: 'کوئی اور دن چنیں، یا دیکھیں کہ ذرائع چل رہے تھے یا نہیں۔',
    missing: 'اس دن کی کوئی رپورٹ نہیں۔',
    multiple: 'دو اضلاع کا پیغام دونوں سطروں میں گنا جاتا ہے۔',
    unknown: 'نامعلوم',
  },
}
