import type { Shape } from '../shape.js'
import type { correcting as en } from './en.js'

export const correcting: Shape<typeof en> = {
  correct: {
    action: 'نښه سمه کړئ',
    title: 'نښې سمې کړئ',
    severity: 'سختوالی',
    yes: 'هو',
    no: 'نه',
    by: '{{user}} سم کړ، {{at}}؛ ماشين ويلي وو: {{value}}',
    was: 'ماشين ويلي وو: {{value}}',
    takenBack: 'بېرته واخيستل شو: {{value}}',
    ofTextBefore: 'د سمون نه مخکې متن په اړه',
    history_one: '{{count}} سمون',
    history_other: '{{count}} سمونونه',
    addDistrict: 'څو توري وليکئ',
    removeDistrict: '{{name}} لرې کړئ',
    noSuchDistrict: 'په دې نوم ولسوالي نشته',
    note: 'ولې (د ملګرو لپاره)',
    rings: 'د خوندي کولو سره به د وظيفې افسر ته خبرداری ورشي.',
    together: 'ماشين دا پيغام ونه شو ارزولی: ډول، خبرداری او سختوالی يوځای وټاکئ.',
    alertSeverity: 'خبرداری ډېر سخت، سخت يا منځنی وي: سختوالی يې وټاکئ.',
    alertCategory: 'خبرداری د يوې پېښې وي: هغه ډول وټاکئ چې پېښه ښيي.',
    criticalNoAlert: 'څه چې ډېر سخت وي خبرداری دی: خبرداری هو کړئ، يا سختوالی کم کړئ.',
    conflict: 'په دې منځ کې بل چا دا پيغام سم کړ. وګورئ څه يې ټاکلي؛ خوندي کول به ستاسو ارزښتونه پر ځای کړي.',
    save: 'خوندي کړئ',
    saveOver: 'بيا هم خوندي کړئ',
    saving: 'خوندي کېږي…',
    cancel: 'پرېږدئ',
    failed: 'خوندي نه شو: {{detail}}',
    unknown: 'مېز ځواب ورنه کړ: معلومه نه ده چې خوندي شو که نه. بيا خوندي کول بې خطره دي.',
  },
}
