/**
 * What counts as a claim that only the fact sheet may make: patterns over folded text (see fold.ts), in the order in
 * which they are tried. A later rule does not report again what an earlier one found. Any digit is a claim (claim.number
 * comes last and takes every digit left), so the patterns decide two things only: how a figure is named in the finding,
 * and which claims made without a digit are found. English and Chinese; how well is measured in evals/.
 */
import { figureMark } from "./fold.ts";

export type ClaimCode =
  | "claim.url"
  | "claim.code"
  | "claim.date"
  | "claim.percent"
  | "claim.price"
  | "claim.phone"
  | "claim.offer"
  | "claim.proof"
  | "claim.number";

export type ClaimRule = {
  readonly code: ClaimCode;
  readonly patterns: readonly RegExp[];
  /** What to do about it. */
  readonly message: string;
};

/** Repeats are bounded throughout, so that the time a text takes grows with its length and no faster. */
const small =
  "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen";
const tens = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety";
const scale = "hundred|thousand|million";
/** A number of two or more in English words. "One" is left out: it is too often a pronoun. */
const many = `(?:(?:(?:${tens})(?:[-\\s](?:one|${small}))?|${small}|(?:a|one|several))[-\\s](?:${scale}|dozen)|(?:${tens})(?:[-\\s](?:one|${small}))?|${small}|(?:${scale}|dozen)s?)`;
/** From four on, a number in words is a figure unless it is an idiom; two and three need a unit beside them. */
const sure = `(?:(?:${tens})(?:[-\\s](?:one|${small}))?|${small.replace("two|three|", "")})`;
const parts = "(?:thirds?|quarters?|fifths?|sixths?|eighths?|tenths?)";
const fraction = `(?:half|(?:a|one|two|three|four)[-\\s](?:half|${parts}))`;
/** Chinese numerals, the banker's forms among them, after simplification. */
const han = "[零〇一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟]";
const hanMany = "[二三四五六七八九十两百千万]";
const digits = "\\p{N}(?:[\\p{N}.,\\s]{0,20}\\p{N})?";
const coin =
  "pounds?|quid|pence|dollars?|euros?|bucks?|cents?|yuan|rmb|gbp|usd|eur|cny|hkd|twd|jpy|aud|cad|chf|sgd|元|块|英镑|镑|美元|美金|欧元|港币|港元|日元|人民币";
const month =
  "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
/** "May" and "march" are words too: they count only with a capital, in a rule of their own. */
const monthName = "(?:january|february|april|june|july|august|september|october|november|december)";
const weekday = "(?:mon|tues|wednes|thurs|fri|satur|sun)day";
const moment = `(?:${weekday}|${monthName}|tomorrow|tonight|midnight|noon|the\\sweekend|christmas(?:\\s(?:eve|day))?|new\\syear(?:'s)?(?:\\s(?:eve|day))?|easter|halloween|black\\sfriday|cyber\\smonday|boxing\\sday|valentine(?:'s)?(?:\\sday)?|mother(?:'s)?\\sday|father(?:'s)?\\sday)`;
const hanWeekday = "(?:周|星期|礼拜)";
const hanMoment =
  "(?:今天|今日|今晚|今夜|明天|明日|明晚|后天|本周末?|本月底?|月底|月末|年底|年末|周末|圣诞节?|元旦|春节|国庆|中秋|双十一|双十二|除夕|大年三十|元宵节?|端午节?|七夕|重阳节?|清明节?|平安夜|(?:劳动|妇女|母亲|父亲|情人|儿童|教师|感恩)节)";

const any = (...sources: readonly string[]): RegExp[] => sources.map((source) => new RegExp(source, "giu"));

export const claimRules: readonly ClaimRule[] = [
  {
    code: "claim.url",
    message: "Addresses, domains and accounts come from the fact sheet: add a link there and place {{link:id}}.",
    patterns: any(
      "[\\p{L}\\p{N}._%+-]{0,64}@[\\p{L}\\p{N}_.-]{2,}",
      "[a-z][a-z0-9+.-]{0,20}:\\/\\/[\\x21-\\x7e]*",
      "(?:mailto|tel|javascript|data|sms):[\\x21-\\x7e]+",
      "(?<![\\p{Script=Latin}\\p{N}.])(?:[a-z0-9][a-z0-9-]{0,62}\\.)+[a-z]{2,}(?:[/:?#][\\x21-\\x7e]*)?",
      "\\p{Script=Han}{1,63}\\.(?:[a-z]{2,}|中国|公司|网络|网址|商城|在线)(?:\\/[\\x21-\\x7e]*)?",
      "[a-z0-9][a-z0-9-]{0,62}\\s?[。.]\\s?(?:com|cn|net|org|shop|store|io|co|top|vip|xyz|cc|info|app|site|online)\\b(?:\\/[\\x21-\\x7e]*)?",
      "[\\p{L}\\p{N}-]{1,63}\\s*[([]?\\s*(?:\\bdot\\b|点)\\s*[)\\]]?\\s*(?:com|cn|net|org|shop|store|io|co|uk|top|xyz|app)\\b",
      "(?:微信|wechat|weixin|薇信|v信|qq|whatsapp|telegram|instagram|facebook|tiktok|公众号|服务号|小程序|小红书|抖音|微博|淘宝)\\s*(?:群|号|id)?\\s*[::]\\s*[^\\s,。!?]+",
    ),
  },
  {
    code: "claim.code",
    message: "A code is a fact: add it to the fact sheet as a text and place its slot.",
    patterns: [
      /\b[Cc](?:ODE|ode)\b[:\s]+["'“‘]?[A-Z][A-Z0-9_-]{2,}["'”’]?/gu,
      /\b(?:[Cc]oupon|[Vv]oucher|[Pp]romo)\b[:\s]+["'“‘]?[A-Z][A-Z0-9_-]{3,}["'”’]?/gu,
      /\b(?=[A-Z0-9-]{0,30}\p{N})(?=[A-Z0-9-]{0,30}[A-Z])[A-Z0-9][A-Z0-9-]{3,30}\b/gu,
      /\bcode[:\s]+["'“‘]?(?!below|above|here|when|before|from|shown|waiting|inside|that|this|your|with|will|and|for)[a-z0-9]{3,}["'”’]?(?=\s+(?:at|when|to|for|in|on)\b)/giu,
      /(?:优惠码|折扣码|兑换码|优惠券码|券码|口令|暗号)\s*(?:为|是|:)?\s*["'“‘「]?[a-z0-9_-]{3,}["'”’」]?/giu,
      /(?:口令|暗号)\s*(?:为|是|:)?\s*["“「](?!\uE001["”」])[^"”」]{1,20}["”」]/giu,
    ],
  },
  {
    code: "claim.percent",
    message: "A discount is a fact: add the percentage to the fact sheet and place its slot alone, without a unit.",
    patterns: any(
      `${digits}[-\\s]*(?:[%‰折]|per\\s?cent|pct|成(?=优惠|价))`,
      "[%‰]",
      `${figureMark}\\s*(?:per\\s?cent|pct|折|成)`,
      `\\b(?:one|${many})[-\\s]+per\\s?cent`,
      `(?<!-)\\b(?:${many}|${fraction})(?:[-\\s]+(?:the|full|usual|of|price|prices|pounds?|quid|dollars?|euros?)){0,3}[-\\s]+off\\b`,
      `\\b${fraction}(?:[-\\s]+(?:the|our|its|their|of|usual|normal))*[-\\s]+prices?\\b|\\b${fraction}[-\\s](?:less|cheaper|lower)\\b`,
      `\\b(?:save|saves|saving|worth|knocked?|takes?|by)\\s+(?:up\\s+to\\s+|over\\s+)?${fraction}\\b|\\b(?:one|two|three|four)[-\\s]${parts}\\b`,
      `(?<!波)${han}{1,12}(?:点${han}{1,12})?\\s*折(?![叠扇伞页返射腾断磨不])`,
      `百分之${han}{1,12}|${han}{1,12}分之${han}{1,12}`,
      `${han}成(?!不变|群|真|熟|功|为|全|形|品|本|就|年|长|千|百)|(?:优惠|省|减|少|便宜|降|打|让)(?:去|了|掉)?一?半`,
      "半价|对折|半折|腰斩价|一半的?(?:优惠|价)",
    ),
  },
  {
    code: "claim.price",
    message: "A price is a fact: add the amount to the fact sheet and place its slot, which brings its own currency.",
    patterns: any(
      "\\p{Sc}\\s*(?:\\p{N}[\\p{N}.,]*)?",
      `${digits}\\s*[k千万百亿]?\\s*(?:\\p{Sc}|p\\b|${coin})`,
      `(?:gbp|usd|eur|cny|rmb|hkd|jpy|人民币)\\s*(?:${digits}|${han}{1,12})`,
      `${figureMark}\\s*(?:${coin}|hundred|thousand|million|billion|[km]\\b|[万亿]|百(?!搭|货)|千(?!万))`,
      `\\b(?:one|${many})(?:[-\\s](?:point|pound|dollar)s?)?[-\\s](?:pounds?|quid|pence|dollars?|euros?|bucks|cents|yuan)\\b`,
      "\\b(?:a|one|just|under)\\s(?:tenner|fiver|grand)\\b|\\ba\\s(?:pound|dollar|euro|quid)\\b(?!\\sof|\\scake)",
      `${han}{1,12}(?:余|多|来)?\\s*(?:元|块钱|英镑|镑|美元|美金|欧元|港币|港元|日元)`,
      `${han}{1,12}块(?:起|${han}|多)|${han}{0,12}[十百千万]${han}{0,12}(?:来|多|余)?块`,
    ),
  },
  {
    code: "claim.date",
    message: "A date or deadline is a fact: add it to the fact sheet as a date and place its slot.",
    patterns: [
      /\b(?:[Uu]ntil|[Tt]ill|[Bb]y|[Bb]efore|[Ff]rom|[Tt]his|[Nn]ext|[Tt]hrough|[Ee]nds?|[Ii]n|[Ll]ate|[Ee]arly|[Mm]id)\s(?:May|March)\b/gu,
      ...any(
        "\\p{N}{4}\\s?[-/.年]\\s?\\p{N}{1,2}\\s?[-/.月]\\s?\\p{N}{1,2}\\s?[日号]?",
        "\\p{N}{1,2}\\s?[-/.]\\s?\\p{N}{1,2}\\s?[-/.]\\s?\\p{N}{2,4}",
        "\\p{N}{1,2}[-/]\\p{N}{1,2}(?![\\p{N}/-])",
        `\\p{N}{1,2}(?:st|nd|rd|th)?\\s+(?:of\\s+)?${month}\\b(?:,?\\s+\\p{N}{4})?`,
        `\\b${month}\\.?\\s+\\p{N}{1,2}(?:st|nd|rd|th)?\\b(?:,?\\s+\\p{N}{4})?`,
        `(?:\\p{N}{1,2}|${han}{1,3})\\s?月\\s?(?:\\p{N}{1,2}|${han}{1,3})\\s?[日号]|\\p{N}{1,2}\\s?月|${han}{1,3}月(?![的里间])`,
        "\\p{N}{1,2}\\s?[日号](?=前|止|截|起|,|。|!|\\s|$)",
        "\\p{N}{1,2}:\\p{N}{2}(?:\\s?[ap]\\.?m\\b)?|\\p{N}{1,2}\\s?[ap]\\.?m\\b|\\p{N}{1,2}\\s?点(?:前|整|半|止|截)",
        "\\p{N}{1,9}\\s*(?:个)?(?:hours?|hrs?|days?|weeks?|months?|minutes?|mins?|天|小时|分钟|周|个?月|星期)",
        `\\b(?:until|till?|to|by|before|from|on|this|next|through|thru|ends?|ending|starts?|starting|closes?|closing|expires?|expiring|finish(?:es)?|begins?|deadline|valid)\\b:?\\s+(?:on\\s+|at\\s+|in\\s+|the\\s+end\\s+of\\s+)?(?:(?:this|next|late|early|mid)[-\\s]+)?${moment}\\b(?!\\s(?:mornings|afternoons|evenings|nights|lunch|roast|best)\\b)`,
        `\\b(?!may\\b|march\\b)${month}\\s+the\\s+\\p{L}+`,
        "\\b(?:today|tonight|tomorrow|this\\sweek(?:end)?)[-\\s]only\\b|\\bonly\\s(?:today|tonight|tomorrow|this\\sweek(?:end)?)\\b",
        "\\b(?:ends?|ending|closes?|expires?)\\s+(?:today|this\\sweek(?:end)?|at\\s\\S+\\so'clock)\\b|\\bthe\\send\\sof\\s(?:(?:the|this|next)\\s)?(?:day|week(?:end)?|month|year|season|sale|today)\\b|\\bnext\\s(?:week(?:end)?|month|year)\\b",
        "\\b(?:last|final)\\s(?:chance|call|day|hours?|few\\shours?)\\b|\\b(?:hours?|days?)\\sleft\\b",
        `\\b${many}[-\\s](?:hours?|days?|weeks?|months?|minutes?)\\b`,
        `(?:本|这|下|这个|下个)${hanWeekday}[一二三四五六日天]`,
        `(?:到|至|截至|截止|直到|直至)(?:本|这|下)?${hanWeekday}[一二三四五六日天末]`,
        `${hanWeekday}[一二三四五六日天末](?:前|之前|起|止|截止|为止|结束|到期)`,
        `(?:到|至|截至|截止|直到|直至|仅限|只限|限)${hanMoment}`,
        `${hanMoment}(?:前|之前|截止|结束|为止|止|到期|恢复原价|打烊|收官|停止|下架|关门|落幕|收摊)`,
        `${hanWeekday}[一二三四五六日天](?:早|晚|上午|下午|中午|夜)|下个?(?:周末?|星期|礼拜|月)(?![光色])`,
        "双十[一二]",
        `(?:最后|仅剩|只剩|还剩)(?:${han}|几)*(?:天|小时|分钟|日)|倒计时`,
        `${hanMany}{1,12}个?(?:小时|分钟|星期)|(?<!白|今|明|昨|半)[二三四五六七八九十两]+天`,
      ),
    ],
  },
  {
    code: "claim.phone",
    message: "A phone number is not something copy may give: put the page that has it into the fact sheet as a link.",
    patterns: any("\\+?\\p{N}[\\p{N}\\s().-]{6,24}\\p{N}"),
  },
  {
    code: "claim.offer",
    message: "How an offer works is a fact: add it to the fact sheet as a text and place its slot.",
    patterns: any(
      "\\bbogof?\\b",
      "\\bbuy\\s+(?:one|two|three|any|\\p{N}+)\\b[^.!?\\n]{0,40}?\\bget\\b(?:\\s+\\S+){0,2}",
      "\\b(?:two|three|four|\\p{N})[-\\s]for[-\\s](?:the\\s+price\\s+of\\s+)?(?:one|two|three|\\p{N})\\b",
      "\\b(?:second|other|next)\\s+(?:one|item)\\s+(?:is\\s+|comes\\s+|for\\s+)?(?:free|half)\\b",
      "(?<!\\b(?:feel|set|roam|run|break|hands|sugar|gluten|dairy|cruelty|fragrance|plastic|lead|wrinkle|stress|hassle|worry|care|fuss|toxin|smoke|bpa)\\s|-)\\bfree\\b(?!-|\\s+(?:to|from|time|spirit\\w*|hand|range|rein|form|will|moments?|evenings?|afternoons?|mornings?|weekends?|of\\s(?!charge)))(?:\\s+\\p{L}+)?",
      "\\bfree\\s+of\\s+charge\\b|\\bcomplimentary\\b|\\bat\\s+no\\s+(?:extra\\s+)?(?:cost|charge)\\b|\\bon\\s+the\\s+house\\b|\\bour\\s+treat\\b",
      "\\b(?:gift|treat|sample)\\s+with\\s+(?:every|any|your|each)\\b",
      "\\bcash[-\\s]?back\\b|\\bmoney[-\\s]back\\b|\\bprice[-\\s]match\\w*|\\bstore\\s+credit\\b|\\b(?:double|bonus|triple)\\s+points\\b|\\binterest[-\\s]free\\b|\\bpay\\s+later\\b",
      "\\b(?:next|same)[-\\s]day\\s+(?:delivery|shipping|dispatch)\\b|\\bno\\s+(?:minimum|min\\.?)\\s+spend\\b",
      "\\bprize\\s+draw\\b|\\bgiveaway\\b|\\bsweepstakes?\\b|\\bwin\\s+(?:a|an|one)\\b",
      `买(?:就|即|满)?(?:${han}|\\p{N}){0,12}[件台个瓶盒只双套份]?[送赠](?!给|人|妈|爸|爷|奶|朋|自己|他|她|家)(?:${han}|\\p{N}){0,12}|买${han}[免减享]${han}`,
      `满(?:${han}|[\\p{N}${figureMark}\\s]){1,24}(?:元|件)?(?:即可|立)?(?:减|送|赠|返|打|包邮|免)(?:${han}|[\\p{N}${figureMark}])*元?|满[减赠返]|满送(?!达)`,
      `第(?:${hanMany}|\\p{N})件`,
      "包邮|免邮|免运费|免费|零元|赠品|加赠|附赠|白送|免单|送好礼|好礼相送|豪礼|赠送(?!给|亲|朋|好友|长辈|家人|妈|爸|他|她)",
      "(?:下单|入会|注册|首单|加购|进店|消费)(?:即|就|立)?[送赠减]",
      `[送赠](?!给|人|爸|妈|爷|奶|她|他|自己|朋|长辈|达|货)\\p{Script=Han}{1,5}?(?:${han}|\\p{N}){1,6}[个张卷支顶只套件份包盒瓶袋条双台本枚节]`,
      "换购|返现|返利|返券|抽奖|中奖|秒杀|砍价|拼团|积分(?:翻倍|兑换|抵)|以旧换新|包退|无理由退|退货包|价保|保价|免息",
    ),
  },
  {
    code: "claim.proof",
    message:
      "Awards, ratings, customers' words and crowds need a source: add them to the fact sheet, or leave them out.",
    patterns: any(
      "\\baward[-\\s]winning\\b|\\bas\\s+seen\\s+(?:on|in)\\b|\\b(?:customers|shoppers|reviewers|experts|doctors)\\s+(?:say|love|rave|agree|recommend)\\b|\\b(?:one|five|four)[-\\s]stars?\\b|\\btop[-\\s]rated\\b",
      `\\b(?:${scale}|dozen|ten)s\\s+of\\s+(?:(?:happy|loyal|satisfied)\\s+)?(?:customers|people|shoppers|homes|families|reviews)\\b`,
      "获奖|荣获|好评如潮|(?:顾客|客户|用户|买家|网友|专家|医生)们?(?:都|一致)?(?:说|推荐|好评|称赞)|明星同款|成千上万|数以[万千百]计|(?:百万|千万|上万|数万|万千)(?:用户|家庭|顾客|人)|[三四五]星(?:好评|级|推荐)?",
    ),
  },
  {
    code: "claim.number",
    message: "A figure is a fact: add it to the fact sheet and place its slot. Outside slots no digit may stand.",
    patterns: any(
      "\\p{N}(?:[\\p{N}.,:/\\s-]*\\p{N})?",
      `\\b(?:only|just)\\s+(?:(?:a\\s+)?few|a\\s+handful|one|${many}|\\p{N}{1,9})(?:\\s+\\p{L}+)?\\s+(?:left|remain\\w*)\\b|\\bsave\\s+(?:up\\s+to\\s+)?${many}\\b`,
      `(?<!\\b(?:all|cloud|o|take|high)\\s)\\b${sure}\\b(?!\\s(?:o'clock|seasons|winks|corners|senses|courses|days\\sa\\sweek))`,
      `\\b${many}[-\\s](?:years?|pieces?|times(?=\\s(?:more|as|the|faster|stronger|lighter|longer|better|less|over))|percent|points|miles|metres|grams?|litres?|inch(?:es)?)\\b`,
      `\\b(?:(?:${small}|${tens}|one|a|several)[-\\s])?(?:${scale}|dozen)\\b`,
      "(?:仅剩|只剩|仅余)(?:\\p{N}{1,9})?",
      `(?:${han}{0,12}[十百千万]${han}{0,12}|[四五六七八九])(?:余|多|来)?(?:个(?!月|性)|[件款套份位名瓶台支盒条只双对张杯盏袋箱束枚册])`,
      "(?:上|近|数|几|超)[十百千万]+(?!别)",
      `[二三四五六七八九十两]+(?:周年|年(?!轻|糕))|${hanMany}{1,12}倍|[几数]十[年万]`,
    ),
  },
];
