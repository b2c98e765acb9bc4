/**
 * What the Federal Trade Commission holds to be deceptive: reviews and testimonials (16 CFR 465, in force since 2024-10-21),
 * endorsements (16 CFR 255), "free" (16 CFR 251), former prices (16 CFR 233), the Health Products Compliance Guidance
 * (2022-12), made-in-USA labels (16 CFR 323), and Section 5 of the FTC Act for the rest.
 */
import type { Around, LawRule, Lexicon } from "../law-rule.ts";

const near = (n: number) => `[^.!?;\\n]{0,${n}}`;
const number =
  "(?:\\d[\\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|ninety|a\\s(?:few|handful|couple|dozen)|dozens?|hundreds?|thousands?|millions?)";

/** Nobody can have used what is not sold yet. */
const notSoldYet: Around = {
  anywhere:
    "\\b(?:pre-?orders?|brand[-\\s]new|first\\sunits?|ships?\\s(?:this|next|in|from|on)|grand\\sopening|opening\\s(?:next|this|soon|tomorrow)|launch(?:es|ing)?\\b|coming\\ssoon|(?:very\\s)?first\\sto\\s(?:try|own|wear|taste)|day\\sone\\s(?:is|starts)|never\\s(?:been\\s)?sold|not\\s(?:yet\\s)?(?:for\\ssale|released)|drops?\\s(?:next|this|on)|debuts?|hits\\sshelves|before\\sanyone|dreamed\\sup|made\\sup|invented|played\\sby|paid\\sactor|actor|our\\s(?:copy|marketing)\\steam|stock\\sphoto|fictional|imagin(?:ary|ed)|on\\sbehalf\\sof|prototype|coming\\s(?:this|next|in)|generated\\sby|ai[-\\s](?:generated|written|copy|assistant)|wrote\\s(?:it|them|every|these)\\sourselves)\\b",
};

const reviews: LawRule[] = [
  {
    code: "law.us.quotation",
    article: "16 CFR 465.2",
    outcome: "needs_evidence",
    isCased: true,
    find: [
      `['"][^"\\n]{8,200}['"]\\s?(?:From|by|from|in)?\\s?(?:a\\s|an\\s|our\\s|verified\\s|review|buyer|customer|[Rr]eview\\s?#)[^.\\n]{0,30}(?:review|order|buyer|customer)`,
      `"[^"\\n]{8,200}"\\s?(?:-{1,3}|,|\\(|~|by\\s)?\\s?\\p{Lu}\\p{L}+(?:\\s\\p{Lu}\\.?(?:\\p{L}+)?)?(?:,\\s[\\p{L}\\s]{2,20}|\\))?`,
      `'[^\\n]{8,200}'\\s?(?:-{1,3}|,|\\(|~|by\\s)\\s?\\p{Lu}\\p{L}+(?:\\s\\p{Lu}\\.?(?:\\p{L}+)?)?`,
      `\\p{Lu}\\p{L}+(?:\\s\\p{Lu}\\.)?,\\s(?:\\d{2}|\\p{L}+)(?:,\\s\\p{L}+)?:\\s?["'][^\\n]{8,200}["']`,
      `(?:[Cc]ustomer|[Bb]uyer|[Ss]hopper|[Cc]lient|[Uu]ser|[Oo]wner|[Rr]eviewer|[Mm]om|[Ff]an)s?\\b[^"\\n]{0,80}"[^"\\n]{10,200}"`,
      `\\b(?:said|says|wrote|writes|raves|told\\sus)\\s\\p{Lu}\\p{L}+|\\bas\\s\\p{Lu}\\p{L}+\\s(?:from|of|in)\\s\\p{Lu}\\p{L}+\\s(?:says|puts\\sit|told)`,
    ],
    refuted: [notSoldYet],
    unless: [
      {
        anywhere:
          "letterpress|poem|poet|verse|lyric|novel|chapter|proverb|engraved|\\bprint(?:ed)?\\son\\b|calligraph|saying\\sgoes",
      },
    ],
    why: "is a customer's word",
    instead: "record the review it is from, or leave it out",
  },
  {
    code: "law.us.testimonial",
    article: "16 CFR 465.2",
    outcome: "needs_evidence",
    find: [
      `(?:customers?|buyers?|shoppers?|reviewers?|users?|people|moms?|parents?|fans?|owners?|everyone)\\s(?:\\p{L}+\\s){0,2}(?:say|says|said|agree|agrees|swear|rave|raves|raved|tell\\sus|told\\sus|love|loves|report|rate|rates|rated|call\\sit|can'?t\\sstop)\\b${near(40)}`,
      `(?:★|⭐){3,5}${near(40)}|\\b(?:[1-5](?:\\.\\d)?|five|four)[-\\s]?(?:out\\sof\\s(?:5|five)(?:\\sstars)?|stars?\\b(?!-?\\s?(?:pattern|hotel|spangled|shaped|motif|quilt|anise|fish|dust|print|sign))|/\\s?5)${near(30)}|\\brated?\\s\\d(?:\\.\\d)?\\b`,
      `\\b(?:thousands|hundreds|millions|tens\\sof\\sthousands|\\d[\\d,.]*\\+?[kKmM]?)\\s(?:of\\s)?(?:5-star\\s|five-star\\s|happy\\s|satisfied\\s|glowing\\s|verified\\s|loyal\\s|delighted\\s)*(?:customers?|reviewers?|reviews?|buyers?|shoppers?|fans?|users?|ratings?|households?|families|homes|people\\s(?:love|trust|can))`,
    ],
    unless: [
      { of: "\\bsay\\s(?:hello|hi|goodbye|thanks)\\b" },
      { before: "(?:don't\\shave|do\\snot\\shave|have\\sno|without|no)\\s(?:\\p{L}+\\s){0,2}" },
      { before: "(?:do\\s|what\\s|tell\\sus\\s(?:what|how)\\s|if\\s)(?:our\\s|your\\s)?" },
    ],
    refuted: [notSoldYet],
    why: "speaks for customers",
    instead: "record the reviews it is from, or leave it out",
  },
  {
    code: "law.us.bought_review",
    article: "16 CFR 465.4",
    outcome: "block",
    find: [
      `\\b(?:(?:leave|post|write|give|drop)\\s(?:us\\s)?${near(20)}(?:five|5|positive|good|great|glowing)[-\\s]?(?:stars?|reviews?|ratings?)?${near(70)}(?:gift|free|discount|off|coupon|refund|credit|\\$\\d+|reward|win|bonus|points)|(?:gift\\scard|refund|discount|coupon|credit|\\$\\d+|free\\s\\p{L}+)\\sfor\\s(?:a\\s|your\\s|every\\s)?(?:five|5|positive|good|great|glowing)[-\\s]?(?:stars?|reviews?|ratings?))`,
      `\\b(?:our|the)\\s(?:own\\s)?(?:staff|team|employees|founders?|family|agency|interns?|office)\\s(?:\\p{L}+\\s){0,2}(?:wrote|writes?|posted|left|made)\\s(?:\\p{L}+\\s){0,3}(?:reviews?|(?:buyer|customer)\\sstories)`,
      `\\b(?:ready-made|pre-written|bulk|bought)\\s(?:\\p{L}+\\s)?reviews?\\b|\\b(?:rate|review)\\sus\\s(?:under|below|less)${near(30)}(?:void|lose|cancel|forfeit)`,
      `\\b(?:hide|delete|remove|bury|suppress|bin|filter\\sout)\\s(?:all\\s|the\\s|any\\s|your\\s)?(?:(?:bad|negative|one-star|1-star|critical)\\sreviews?|(?:grumpy|bad|negative|angry|unhappy)\\sones)`,
    ],
    why: "buys or hides what people say",
    instead: "ask for an honest review, and reward good and bad alike or not at all",
  },
  {
    code: "law.us.endorsement",
    article: "16 CFR 255",
    outcome: "needs_evidence",
    find: [
      `\\b(?:${number}\\s(?:out\\sof|in)\\s${number}\\s(?:\\p{L}+\\s){0,2}(?:doctors?|dentists?|vets?|veterinarians?|experts?|dermatologists?|pediatricians?|chefs?|trainers?|moms?|women|men|people|customers?))${near(40)}`,
      `\\b(?:doctors?|dentists?|vets?|dermatologists?|experts?|scientists?|nutritionists?|pediatricians?|physicians?|nurses?|pharmacists?|therapists?|celebrit(?:y|ies)|athletes?|olympians?|influencers?)[-\\s](?:\\p{L}+\\s){0,2}(?:recommend(?:ed|s)?|approved?|endorsed?|tested|trusted?|swear|agree|say|love|prescribe[ds]?|choice|favou?rite)`,
      `\\b\\p{L}+(?:ist|ian|or)-recommended\\b|\\bas\\sseen\\s(?:on|in)\\b|\\b(?:award[-\\s]winning|best[-\\s]selling|bestselling|#\\s?1\\s(?:selling|rated|brand)|top[-\\s](?:rated|selling)|america'?s\\s(?:favou?rite|best|most))\\b`,
      `\\bdr\\.?\\s\\p{L}{3,}${near(70)}(?:recommend|tells|says|swears|prescribes|uses|trusts|approved|endorse)`,
    ],
    unless: [{ before: "(?:ask|talk\\sto|consult|see|check\\swith)\\s(?:your|a)\\s" }],
    refuted: [notSoldYet],
    why: "lets somebody speak for it",
    instead: "record who said it, of which product, and what they were given for it",
  },
  {
    code: "law.us.false_endorsement",
    article: "16 CFR 255; 465.5",
    outcome: "block",
    find: [
      `\\b(?:FTC|FDA|EPA|CDC|USDA|NIH|CPSC|FAA|NASA|White\\sHouse|Congress|Surgeon\\sGeneral|government|federal)(?:\\sand\\s(?:the\\s)?\\p{Lu}{3,4})?[-\\s](?:both\\s|itself\\s|officially\\s|all\\s)*(?:endorses?d?|recommends?|recommended|backs?|backed|loves?|approves|approved|certified)\\b`,
      `\\b(?:recommended|endorsed|approved|backed|trusted|loved)\\sby\\s(?:the\\s)?(?:FTC|FDA|EPA|CDC|USDA|NIH|NASA|White\\sHouse|Congress|Surgeon\\sGeneral|government|Pope|President)\\b`,
      `\\bkeep\\s(?:our|the|your|any)\\s(?:payment|sponsorship|deal|fee|gift|partnership)\\s(?:quiet|secret|private|to\\syourself|between)`,
      `\\b(?:no\\sneed\\sto|without|don'?t|never)\\s(?:tag|tagging|disclos(?:e|ing)|mention(?:ing)?|say(?:ing)?|label(?:l?ing)?)\\s${near(12)}(?:ad\\b|ads\\b|sponsored|sponsorship|paid|partnership|us\\b|gifted)`,
    ],
    why: "borrows a name, or hides that it is paid for",
    instead: "leave it out, and disclose whatever was given",
  },
];

const illness =
  "(?:diabetes|cancer|arthritis|eczema|psoriasis|depression|anxiety|insomnia|asthma|alzheimer'?s|dementia|autism|adhd|hypertension|high\\sblood\\spressure|heart\\s(?:disease|attacks?)|stroke|covid(?:-19)?|the\\sflu|influenza|migraines?|hair\\sloss|baldness|acne|ibs|crohn'?s|lupus|fibromyalgia|gout|obesity|infections?|tumou?rs?|hiv|herpes|infertility|menopause|osteoporosis|parkinson'?s|epilepsy|thyroid|chronic\\spain|joint\\spain|back\\spain|inflammation|wrinkles|allerg(?:y|ies)|tinnitus|vertigo|sciatica|acid\\sreflux|colds?\\b|ptsd|addiction)";
const healthClaim =
  "(?:reliev(?:e|es|ing)|eas(?:e|es|ing)|sooth(?:e|es|ing)|reduc(?:e|es|ing)|calm(?:s|ing)?|fight(?:s|ing)?|help(?:s|ing)?\\swith|support(?:s|ing)?|improv(?:e|es|ing)|lower(?:s|ing)?|balanc(?:e|es|ing)|boost(?:s|ing)?|strengthen(?:s|ing)?|promot(?:e|es|ing)|protect(?:s|ing)?\\sagainst|manage[sd]?|alleviat(?:e|es|ing)|restor(?:e|es|ing)|detoxif(?:y|ies)|cleans(?:e|es|ing)|flush(?:es)?|speed(?:s)?\\sup)";
const bodyPart =
  "(?:immun(?:e|ity)(?:\\ssystem)?|metabolism|digestion|gut(?:\\shealth)?|blood\\s(?:sugar|pressure)|cholesterol|hormones?|circulation|memory|focus|brain(?:\\sfog)?|joints?|liver|libido|testosterone|sleep(?:\\squality)?|toxins?|stress|fatigue|bloating|cramps|pain|aches|soreness|swelling|tension|mood|energy\\slevels|skin\\scell|collagen|healing|recovery)";

const health: LawRule[] = [
  {
    code: "law.us.cure",
    article: "FTC Health Products Compliance Guidance (2022)",
    outcome: "block",
    find: [
      `\\b(?:cur(?:e|es|ed|ing)|heal(?:s|ed|ing)?|treat(?:s|ed|ing)?|revers(?:e|es|ed|ing)|prevent(?:s|ed|ing)?|eliminat(?:e|es|ed|ing)|eradicat(?:e|es)|ends?|banish(?:es)?|wip(?:e|es)\\sout|kill(?:s)?|get(?:s)?\\srid\\sof|beat(?:s)?|defeat(?:s)?|knock(?:s)?\\sout|stop(?:s|ped)?|melts?\\saway|erases?|(?:wave|say|kiss)s?\\sgoodbye\\sto)\\s(?:[\\p{L}\\d]+\\s){0,3}${illness}`,
      `${illness}\\s(?:is\\s|are\\s|was\\s)?(?:all\\s)?(?:gone|no\\smore|a\\sthing\\sof\\sthe\\spast|history)\\b|\\bleave\\s(?:the|your)\\s(?:inhaler|pills?|meds?|medication|insulin|prescription)\\b`,
      `\\b(?:throw|toss|ditch|skip|quit|stop\\staking|replace[s]?|instead\\sof|forget|cancel|no\\smore\\sneed\\sfor)\\s(?:\\p{L}+\\s){0,2}(?:your\\s)?(?:\\p{L}+\\s){0,3}(?:pills?|meds?|medications?|medicines?|insulin|prescriptions?|doctors?|chemo|inhaler|statins?|antidepressants?)\\b`,
      `\\b(?:los(?:e|es|ing)|drop(?:s|ping)?|shed(?:s|ding)?|melt(?:s|ing)?(?:\\soff)?|burn(?:s|ing)?(?:\\soff)?)\\s(?:up\\sto\\s)?${number}\\s?(?:pounds|lbs?|kilos?|kg|stone|inches|dress\\ssizes)${near(30)}|\\b${number}\\s(?:pounds|lbs?|kilos?)\\sin\\s${number}\\s(?:days?|weeks?)`,
      `\\b(?:100\\s?%|completely|totally|absolutely)\\s(?:safe|effective|cured|pain-free)|\\b(?:zero|no|without(?:\\sany)?)\\sside[-\\s]effects?|\\bworks\\sfor\\s(?:every(?:one|body)?|all)\\b|\\bmiracle\\s(?:cure|pill|drug|cream|supplement|weight)|\\b(?:anti-?cancer|cancer-fighting)\\b|\\bfountain\\sof\\syouth\\b|\\bturns?\\sback\\s(?:the\\sclock|time)\\sby`,
    ],
    unless: [
      {
        before:
          "(?:not\\s(?:intended\\sto\\s)?(?:diagnose,\\s)?|does\\snot\\s|doesn'?t\\s|won'?t\\s|cannot\\s|never\\s|no\\s)(?:\\p{L}+,?\\s){0,4}",
      },
    ],
    why: "promises what only medicine may, if that",
    instead: "leave it out",
  },
  {
    code: "law.us.health",
    article: "FTC Health Products Compliance Guidance (2022)",
    outcome: "needs_evidence",
    find: [
      `\\b${healthClaim}\\s(?:\\p{L}+\\s){0,3}(?:${bodyPart}|${illness})`,
      `\\b(?:immun(?:e|ity)|metabolism|energy|mood|brain|collagen|testosterone|gut)[-\\s]boost(?:ing|er)\\b|\\b(?:clinically|scientifically|medically|lab)[-\\s](?:proven|tested|shown|studied|backed|validated)|\\b(?:studies|research|science|clinical\\strials?|tests)\\s(?:show|shows|prove|proves|confirm|suggest|say|says)|\\bdermatologist[-\\s]tested\\b|\\bhypoallergenic\\b|\\b(?:anti-?(?:aging|inflammatory|bacterial|viral|microbial)|immune\\ssupport)\\b|\\bkills\\s[\\d.]+\\s?%|\\bfda[-\\s](?:registered|cleared)\\b|\\b(?:detox|cleanse)(?:es|ing)?\\s(?:your|the)\\s(?:body|liver|gut|system)|\\bslow(?:s)?\\saging\\b|\\bhelps?\\s(?:you|them|your\\s\\p{L}+)\\s(?:fall\\sasleep|sleep|focus|heal|recover|lose|digest|breathe|concentrate)|\\b(?:deeper|better|sounder)\\ssleep\\b\\s(?:from|guaranteed|every|in)`,
    ],
    unless: [
      { before: "(?:not|doesn'?t|won'?t|never|no)\\s" },
      { of: "support", after: "\\s(?:local|small|our)" },
      { of: "boost|improv|support|restor", after: "\\s(?:your\\s)?(?:phone|wi-?fi|signal|sales|mood\\sboard)" },
    ],
    why: "is a health claim, which wants competent and reliable scientific evidence",
    instead: "record the study, or say how it feels, tastes or looks",
  },
];

const money: LawRule[] = [
  {
    code: "law.us.free",
    article: "16 CFR 251",
    outcome: "needs_evidence",
    find: [
      `(?<!\\b(?:feel|set|roam|run|break|hands|sugar|gluten|dairy|cruelty|fragrance|plastic|lead|wrinkle|stress|hassle|worry|care|fuss|toxin|smoke|bpa|duty|tax|nut|carefree|oil|alcohol|scent|paraben|soy|fat|caffeine|wire|mess|debt|rent|toll|for|be|are|is|get|breaks?|pain|risk|interest|guilt|trouble|ad|spam|drug|error|barrier|iron|crease|lint|rust|latex|grain|meat|egg|lactose|chemical|acid|battery|noise|jargon|germ|odor|dye)[-\\s])\\bfree\\b(?!-|\\s(?:to|from|time|spirit\\w*|hand|range|rein|form|will|moments?|evenings?|afternoons?|mornings?|weekends?|standing|fall|press|speech|of\\s(?!charge)|(?:standard\\s)?(?:shipping|delivery|returns?|parking|wi-?fi|entry|admission)))(?:\\s\\p{L}+){0,3}`,
      `\\b(?:completely|totally|absolutely|100\\s?%)\\sfree\\b|\\bcomplimentary\\s\\p{L}+|\\bat\\sno\\s(?:extra\\s)?(?:cost|charge)\\b|\\bno\\scost,?\\sno\\scatch\\b|\\bon\\sthe\\shouse\\b|\\b(?:is|are)\\sfree\\b`,
    ],
    unless: [{ after: "\\s?(?:and\\sclear|as\\sa\\sbird)" }],
    refuted: [
      {
        anywhere:
          "(?:just|only|simply)\\s(?:cover|pay)\\b|\\b(?:handling|processing|activation|shipping)\\s(?:fees?|charges?|of)?\\s?(?:\\$\\d|apply)?|\\bpay\\s(?:just\\s|only\\s)?\\$?[\\d.]+\\s(?:for\\s)?(?:shipping|handling|p&p)|\\bwhen\\syour\\s(?:card|account)\\sis\\s(?:billed|charged)|\\b(?:enrol?ls?|signs?|subscrib\\w+)\\syou\\b|\\bauto-?(?:renews?|ship|bill)|\\bthen\\s\\$[\\d.]+\\s?(?:/|per|a)\\s?(?:mo|month|year|week)|\\bunless\\syou\\s(?:cancel|phone|call|opt)|\\bwe(?:'ve)?\\s(?:quietly\\s)?(?:raised|added|rolled)\\b|\\bsingle\\s(?:pairs?|items?|units?)\\s(?:sell|cost|are)|\\bbilled\\b|\\bis\\srequired\\b|\\brequired\\sand\\b|\\bappears\\sat\\scheckout|\\bfees?\\sfirst\\b|\\bwire\\s\\$|\\bfor\\s(?:processing|handling|postage)\\b|\\b(?:two|one|\\d+)-(?:year|month)\\s(?:plan|contract)|\\bcard\\srequired\\b|\\bprice\\s(?:already\\s)?includes\\b|\\bmembership\\b",
      },
    ],
    why: "says free",
    instead: "say at once what it takes to get it, and record that the price of the rest was not raised for it",
  },
  {
    code: "law.us.former_price",
    article: "16 CFR 233.1, 233.2",
    outcome: "needs_evidence",
    find: [
      `\\bwas\\s(?:[$£€]|USD\\s?)\\s?[\\d,.]+|\\b(?:originally|formerly|previously|regularly|reg\\.?|normally|usually|list(?:\\sprice)?|msrp|rrp|retail(?:s|\\sprice)?(?:\\sat|\\sfor)?|valued?\\sat|worth|compare(?:d)?\\s(?:at|to)|elsewhere|down\\sfrom|marked\\sdown\\sfrom|instead\\sof|orig\\.?)\\s(?:price\\s)?(?:of\\s|for\\s|at\\s|an?\\s)?(?:over\\s)?[$£€]\\s?[\\d,.]+|\\ba\\s[$£€][\\d,.]+\\svalue\\b`,
      `\\b(?:always|every\\s?day|year[-\\s]round|permanently)\\s(?:\\d+\\s?%|half)\\s(?:off|price)|\\b\\d+\\s?%\\soff,?\\s(?:every\\sday|all\\syear|always|forever|since)|\\b(?:you\\s)?save\\s(?:up\\sto\\s|over\\s)?[$£€]\\s?\\d[\\d,.]*|\\bwholesale\\sprices?\\b|\\bfactory\\s(?:direct\\s)?prices?\\b|\\b(?:lowest|best|cheapest)\\sprices?\\b${near(20)}|\\bprice[-\\s]match\\w*|\\bbelow\\scost\\b|\\b(?:hasn'?t|has\\snot|never)\\sbeen\\sthis\\scheap\\b`,
    ],
    refuted: [
      notSoldYet,
      { anywhere: "\\bnever\\s(?:charged|sold|been\\s(?:sold|charged)|cost|asked)" },
      {
        of: "always|every\\s?day|year|permanently|all\\syear|forever|since",
        anywhere: "\\b(?:always|every\\s?day|since\\swe|all\\syear|year[-\\s]round|permanently|forever)\\b",
      },
    ],
    why: "compares with another price",
    instead: "record when and for how long it was sold at that price, or who sells it so",
  },
  {
    code: "law.us.urgency",
    article: "FTC Act, Section 5; Bringing Dark Patterns to Light (2022)",
    outcome: "needs_evidence",
    find: [
      `\\b(?:only|just|last)\\s(?:the\\s)?(?:last\\s)?${number}\\s(?:\\p{L}+\\s)?(?:left(?!\\s(?:us|behind|over|me|you))|remain(?:ing|s)?|in\\sstock|available|to\\sgo|spots?|seats?|units?)(?:\\sin\\sstock)?|\\b${number}\\s(?:\\p{L}+\\s)?left(?:\\sin\\sstock)?\\b(?!\\sus)|\\blast\\s(?:chance|call|few|ones?|pieces?|pairs?|units?|day|hours?)\\b|\\b(?:almost|nearly)\\s(?:gone|sold\\sout)\\b|\\bselling\\s(?:out\\s)?fast\\b|\\b(?:while|until)\\s(?:supplies|stocks?)\\s(?:last|run)\\b|\\blow\\s(?:in\\s)?stock\\b|\\bgoing\\sfast\\b`,
      `\\b(?:today|tonight|this\\sweek(?:end)?|now)[-\\s]only\\b|\\bonly\\s(?:today|tonight|this\\sweek(?:end)?)\\b(?!'s)|\\b(?:seats?|spots?|places?)\\sremain\\b|\\bprices?\\s(?:rise|go\\sup|increase)\\s(?:on|after|this|next|from)\\b|\\b(?:ends?|ending|expires?|closes?|gone|disappears?)\\s(?:at\\s)?(?:today|tonight|midnight|soon|tomorrow|in\\s${number}\\s(?:hours?|minutes?|days?))\\b|\\b${number}[-\\s](?:minute|hour)\\s(?:deal|sale|flash|window|offer)${near(20)}|\\bflash\\ssale\\b|\\blimited[-\\s]time\\b|\\b(?:hurry|act\\snow|act\\sfast|don'?t\\s(?:wait|miss\\sout)|before\\sit'?s\\s(?:too\\slate|gone)|clock\\sis\\sticking|counting\\sdown|countdown)\\b|\\b${number}\\speople\\sare\\s(?:viewing|looking|watching)|\\bin\\s(?:high|huge)\\sdemand\\b|\\bis\\sticking\\b|\\b(?:offer|sale|deal|promotion|discount)s?\\s(?:ends?|expires?|closes?|stops?)\\b|\\b(?:going\\sout\\sof\\sbusiness|closing\\sdown|liquidation|everything\\smust\\sgo|clearance\\sends)\\b|\\blimited\\s(?:to\\s\\d+|editions?|run|quantit(?:y|ies)|stock|supply|availability)\\b`,
    ],
    unless: [
      { of: "hurry", after: "\\s(?:slowly|up\\sand\\swait|isn'?t|is\\snot)" },
      { of: "hurry", before: "(?:no|don'?t|never|without)\\s(?:need\\sto\\s)?" },
    ],
    refuted: [
      {
        anywhere:
          "\\b(?:refresh|reload)\\b|\\brestart(?:s|ed)?\\b|\\bprinted\\son\\sdemand\\b|\\bmade\\s(?:to\\sorder|on\\sdemand)\\b|\\bnever\\s(?:sell|run|miss)\\s(?:out)?|\\bunlimited\\b|\\brestock(?:s|ed)?\\s(?:daily|every)|\\b(?:repeats?|resets?)\\s(?:daily|every|itself|each)|\\bevery\\s(?:day|week)\\b|\\ballways\\savailable\\b|\\bdigital\\sdownload\\b|\\bagain\\stomorrow\\b|\\bat\\srandom\\b|\\brandom(?:ly)?\\b|\\bself-paced\\b|\\bopen-to-everyone\\b|\\byears?\\sin\\sa\\srow\\b|\\bevery\\syear\\b|\\b(?:fake|pretend)\\b",
      },
    ],
    why: "hurries people",
    instead: "bind it to a fact that is live, such as the stock or the end of the offer, or leave it out",
  },
  {
    code: "law.us.guarantee",
    article: "FTC Act, Section 5; 16 CFR 239",
    outcome: "block",
    find: [
      `\\bguarantee\\s\\$[\\d,]+\\s(?:a|per)\\s(?:day|week|month|year)\\b|\\b(?:guarantee[ds]?|promise[ds]?)\\s(?:to\\s|you'?ll\\s|your\\s|that\\s)?(?:\\p{L}+\\s){0,4}(?:results?|success|income|profits?|returns?|weight|win|winning|pass|hired|job|rich|work)\\b|\\b(?:results?|success|income|profits?|returns?|approval|winning|weight\\sloss)\\s(?:is\\s|are\\s)?guaranteed\\b|\\b(?:double|triple|10x|multiply)\\syour\\s(?:income|money|investment|salary|savings|earnings)${near(30)}|\\b(?:earn|make)\\s(?:up\\sto\\s)?\\$[\\d,]+\\s(?:a|per|every|in)\\s(?:day|week|month|hour)|\\brisk[-\\s]free\\b|\\b(?:zero|without(?:\\sany)?)\\srisk\\b|\\b(?:earn|make|returns?\\sof)\\s\\d[\\d.]*\\s?%|\\bcan'?t\\sgo\\sdown\\b|\\bno[-\\s]risk\\b|\\bget\\srich\\b|\\bpassive\\sincome\\b|\\bfinancial\\sfreedom\\b|\\bcan'?t\\slose\\b`,
    ],
    unless: [{ of: "guarantee|promise", before: "(?:no|not|never|can'?t|cannot|don'?t)\\s" }],
    why: "promises a result",
    instead: "say what is done when it fails: a refund is a guarantee that can be kept",
  },
  {
    code: "law.us.superlative",
    article: "FTC Act, Section 5",
    outcome: "needs_evidence",
    find: [
      `(?:#\\s?1|\\bno\\.?\\s?1|\\bnumber[-\\s](?:one|1)|\\btop\\s?1)\\b|\\bbest[-\\s]ever\\b|\\b(?:the\\s)?(?:world|nation|country|uk|market|america|industry|planet)(?:'s)?[-\\s](?:best|finest|leading|number|favou?rite|most|first|strongest|softest|fastest|safest|toughest|largest|biggest)\\b|\\b(?:best|finest|softest|strongest|fastest|safest|toughest|purest|freshest)\\s(?:\\p{L}+\\s){0,2}(?:in|on)\\s(?:the\\s)?(?:world|market|country|business|earth|planet|uk|us|city|town)\\b`,
      `\\b(?:unbeatable|unrivall?ed|unmatched|second\\sto\\snone|unsurpassed|incomparable|one\\sand\\sonly\\sbrand|perfect\\severy\\stime|never\\sfails?|lasts?\\sforever|indestructible|unbreakable)\\b|\\b(?:once[-\\s]in[-\\s]a[-\\s]lifetime)\\b|\\bnever\\s(?:been\\s)?(?:cheaper|beaten|knowingly)\\b|\\b100\\s?%\\s(?:satisfaction|effective|safe|natural|pure|organic)\\b|\\bmiracle\\s(?:\\p{L}+\\s)?(?:cure|cream|serum|pill|product|results?|worker|fix|formula|diet|drink)\\b|\\bworks?\\smiracles\\b`,
    ],
    unless: [
      { before: "(?:not|isn'?t|aren'?t|never|don'?t\\sclaim\\sto\\sbe)\\s(?:the\\s)?" },
      { of: "number", after: "\\s(?:job|rule|tip|priority|reason|question|goal|fan|enemy|mistake)" },
    ],
    why: "promises more than anyone can show",
    instead: "record what it was compared with, or say what is so instead",
  },
  {
    code: "law.us.origin",
    article: "16 CFR 323; 16 CFR 260",
    outcome: "needs_evidence",
    find: [
      `\\b(?:proudly\\s)?(?:made|built|crafted|sewn|assembled|manufactured|grown)\\s(?:right\\s(?:here\\s)?)?(?:entirely\\s|100\\s?%\\s)?in\\s(?:the\\s)?(?:usa|u\\.s\\.a?\\.?|us\\b|united\\sstates|america)\\b|\\b(?:100\\s?%\\s|all[-\\s])american[-\\s]made\\b|\\bamerican[-\\s]made\\b`,
      `\\bbreaks?\\sdown\\scompletely\\b|\\b(?:cut|trim|slash|reduce|lower)s?\\s(?:\\p{L}+\\s){0,2}bills?\\sby\\b|\\b(?:eco[-\\s]friendly|carbon[-\\s](?:neutral|negative)|climate[-\\s](?:neutral|positive)|biodegradable|(?:100\\s?%|fully|completely)\\srecycl(?:able|ed)|compostable|non[-\\s]?toxic|chemical[-\\s]free|zero[-\\s]waste|sustainabl(?:e|y)\\s(?:made|sourced)|planet[-\\s]friendly|environmentally\\sfriendly)\\b|\\b(?:certified\\sorganic|patented|patent[-\\s]pending)\\b`,
    ],
    refuted: [
      {
        of: "in\\s(?:the\\s)?(?:usa|u|america)|american",
        anywhere:
          "hecho\\sen|label\\s(?:inside|says|reads)|imported\\sfrom|made\\sin\\s(?!usa|the\\s(?:usa|united|u\\.s)|america|u\\.s)|assembled\\sin\\s(?!usa|the|america)",
      },
    ],
    why: "is a claim of origin or nature with a standard of its own",
    instead: "record what shows that all or virtually all of it is so",
  },
];

export const usAdvertisingLaw: Lexicon = {
  source:
    "FTC: 16 CFR 233, 239, 251, 255, 260, 323, 465; Health Products Compliance Guidance (2022-12); Bringing Dark Patterns to Light (2022-09); FTC Act, Section 5",
  checkedOn: "2026-11-28",
  rules: [...reviews, ...health, ...money],
};
