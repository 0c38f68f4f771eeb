import type { Shape } from '../shape.js'
import type { correcting as en } from './en.js'

export const correcting: Shape<typeof en> = {
  correct: {
    action: 'ٹیگ درست کریں',
    title: 'ٹیگ درست کریں',
    severity: 'سنگینی',
    yes: 'ہاں',
    no: 'نہیں',
    by: '{{user}} نے درست کیا، {{at}}؛ مشین نے کہا تھا: {{value}}',
    was: 'مشین نے کہا تھا: {{value}}',
    takenBack: 'واپس لیا گیا: {{value}}',
    ofTextBefore: 'ترمیم سے پہلے کے متن پر',
    history_one: '{{count}} تصحیح',
    history_other: '{{count}} تصحیحات',
    addDistrict: 'چند حروف لکھیں',
    removeDistrict: '{{name}} ہٹائیں',
    noSuchDistrict: 'اس نام کا کوئی ضلع نہیں',
    note: 'وجہ (ساتھیوں کے لیے)',
    rings: 'محفوظ کرتے ہی ڈیوٹی افسر کو الارم جائے گا۔',
    together: 'مشین اس پیغام کو جانچ نہ سکی: قسم، الارم اور سنگینی ایک ساتھ چنیں۔',
    alertSeverity: 'الارم انتہائی سنگین، سنگین یا درمیانہ ہوتا ہے: سنگینی چنیں۔',
    alertCategory: 'الارم کسی واقعے کا ہوتا ہے: وہ قسم چنیں جو واقعہ بتائے۔',
    criticalNoAlert: 'جو انتہائی سنگین ہو وہ الارم ہے: الارم کو ہاں کریں، یا سنگینی کم چنیں۔',
    conflict: 'اس دوران کسی اور نے یہ پیغام درست کیا۔ دیکھیں کیا چنا گیا؛ محفوظ کرنے سے آپ کی قدریں اس کی جگہ لیں گی۔',
    save: 'محفوظ کریں',
    saveOver: 'پھر بھی محفوظ کریں',
    saving: 'محفوظ ہو رہا ہے…',
    cancel: 'رہنے دیں',
    failed: 'محفوظ نہیں ہوا: {{detail}}',
    unknown: 'ڈیسک نے جواب نہیں دیا: معلوم نہیں کہ یہ محفوظ ہوا یا نہیں۔ دوبارہ محفوظ کرنا محفوظ ہے۔',
  },
}
