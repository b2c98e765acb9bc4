/**
 * China's Advertising Law (2015, amended 2018 and 2021) and the regulator's guide to absolute terms of 2023 (SAMR 2023 No. 6):
 * what the statute names, and the exemptions that the guide lists. Words are simplified Chinese; disguises are undone before.
 */
import type { Around, LawRule, Lexicon } from "../law-rule.ts";

const near = (n: number) => `[^,。!?;\\n]{0,${n}}`;
const number = "(?:[\\d.]+|[一二三四五六七八九十百千万两几半]+)";

/** A time or a stretch of it that somebody could look up, guide § 7. */
const datedFact: Around = {
  anywhere:
    "(?:\\d{4}|[零〇一二三四五六七八九]{4})\\s?年|连续[一二三四五六七八九十两\\d]+[年届季个]|[上下]半年|双\\s?1\\s?[12]|双十[一二]|年度|\\d{4}\\s?[-—–]\\s?\\d{4}|(?:光绪|民国|宣统|乾隆|嘉庆|道光|咸丰|同治)|季度|截至|上个?(?:月|季|开学季)|去年|当[天日月]|\\d{4}\\s?(?:财年|双)",
};
/** Said of what we strive for, of service and conviction, or denied: guide § 5 (1), (2). */
const striving: Around = {
  before: `(?:努力|力求|力争|争取|追求|希望|立志|致力|尽力|尽量|尽可能|愿|目标|想要?|只为|为了|朝着)${near(14)}`,
};
const denied: Around = {
  before: `(?:不敢说|不是|不说|未必|并非|没有|不求|不必|谈不上|不做|不一定|从不|算不上|不敢称|不自称|非)${near(4)}`,
};
/** Compared with nothing but our own things: guide § 5 (3). */
const ownRange: Around = {
  before: `(?:本店|本品牌|本系列|同系列|我们家?|我家|咱家|咱们|自家|店里|旗下|家里|盒里|${near(4)}系列)${near(12)}`,
  of: "最(?:新|大|小|轻|薄|厚|长|早|近|热销|畅销|受欢迎|高配|入门)",
};
const sameHouse: Around = { after: `${near(2)}(?:的)?(?:是|就是)?(?:本店|我家|咱家|自家|我们)` };
/** How to use it: guide § 5 (4). */
const usage: Around = {
  of: "最(?:佳|好|优|适)",
  after:
    "(?:的)?(?:饮用|食用|使用|服用|赏味|观赏|佩戴|保存|储存|存放|种植|冲泡|入口|烹饪|浸泡|施用|播种|睡眠|运动|拍摄|观看|赏花|采摘|出游)|(?:的)?(?:状态|时间|时机|时期|时节|季节|距离|角度|温度|水温|湿度|风味期|品尝期|口感期|比例)",
};
/** "Had better": an adverb. */
const adverb: Around = {
  of: "最好$",
  after:
    "先|不要|别|在|提前|避免|用|把|放|搭配|于|能|趁|每|饭前|饭后|不|由|等|去|带|穿|选(?!择)|再|由|给|让|准备|预约|自备",
};
/** An upper or lower bound, a last hour: no praise. */
const bound: Around = {
  of: "最(?:高|低|大|小|多|少|长|短|晚|早|快|慢|薄|厚)$",
  after: `(?:可|能|不超过|为|支持|加热|承重|容量|功率|温|速|档|消费|限|领|截|起|约|${number}|额|重|时|距|间|提前|只|不)`,
};

const scope =
  "(?:全国|全球|全世界|世界|全网|全城|全市|全省|全行业|行业|业界|业内|市面上?|市场上?|同类|同行|史上|历史上|现存|国内|华北|华东|华南|华中|西南|西北|东北|江南|江浙|港澳|本地|当地|本市|全港|北京|上海|广州|深圳|杭州|成都|重庆|武汉|南京|西安|苏州|天津|长沙|青岛|厦门|亚洲|中国|国际|宇宙|地球|天下|世上|[\\p{Script=Han}]{2,3}[省市县区])";
const quality =
  "(?:好用|好吃|好喝|好看|好听|好闻|好|佳|优质|优秀|优|强|棒|美味|美|低价格?|便宜|先进|专业|权威|受欢迎|受追捧|畅销|热销|热卖|划算|实惠|优惠|高端|高级|高档|高品质|安全|有效|完美|正宗|地道|纯正|健康|天然|新鲜|舒适|舒服|耐用|豪华|奢华|顶|牛|火爆|赚|值|灵|香|甜|嫩|软糯|环保|时尚|潮|时髦|流行|精致|暖和|保暖|靠谱|放心|信赖|懂你|省心|省电|省钱|适合|聪明|可靠|实用|出色|优越|领先|好穿|好睡|好玩|炫|酷)";
const measure = "(?:新|大|小|轻|薄|厚|长|久|早|高|低|快|多|全|老|悠久|贵|远|暖|软|硬|亮|静)";

const superlatives: LawRule[] = [
  {
    code: "law.cn.superlative",
    article: "Advertising Law, Art. 9 (3)",
    outcome: "block",
    find: [
      `最${quality}(?!不过|友|朋|伙伴|搭档)`,
      `${scope}${near(6)}最${measure}`,
      "历史最(?:久|悠久|长|老)|(?<!成为)最(?:早|老|悠久)(?:的|一批|一家)",
      `(?:世界|宇宙|全球|殿堂|骨灰|天花板)级|[界圈](?:的)?天花板|最高[级档]|(?<![山屋楼头塔峰箱])顶级(?!域名)|顶尖|极品|极致奢华|至尊(?!宝)|王牌|(?:第一|首选)品牌`,
      "史无前例|前无古人|绝无仅有|独一无二|空前绝后|举世无双|无与伦比|无可比拟|天下无双|独步天下|无敌|万能(?!充|钥匙|工具|胶|险)|冠军品质|终极(?:享受|体验|奢华)|巅峰之作",
      `没有之一|(?:全中国|全国|全城|世上|天下|市面上)[^,。]{0,4}(?:找不[出到]|没有)第二|世[上间]再[无没](?:更好|第二)|找不到第二|无人能[及敌]|吊打(?:同行|全网|一切)|秒杀(?:同行|全网|一切|大牌)|碾压(?:同行|全网|大牌)`,
    ],
    unless: [striving, denied, ownRange, sameHouse, usage, adverb, bound],
    provable: [
      { ...datedFact, of: "最(?:早|久|老|悠久|大|多|长|畅销|热销|热卖|受欢迎|高|新)" },
      { of: "最(?:早|久|老|悠久)", anywhere: "\\d{4}" },
    ],
    why: "puts the product above all others",
    instead: "say what is so instead, or leave it out",
  },
  {
    code: "law.cn.national_grade",
    article: "Advertising Law, Art. 9 (3)",
    outcome: "block",
    find: ["国家级|国家队级|国字号|国家(?:品质|标杆|首选)"],
    unless: [denied],
    provable: [
      {
        after:
          "(?:非物质文化|非遗|自然保护|森林公园|风景|湿地|重点|实验室|高新|示范|绿色|农产品|地理标志|传承|代表性|工艺美术|文物|奖)",
      },
    ],
    why: "is a grade that no product may claim",
    instead: "name the certificate with its number, or leave it out",
  },
  {
    code: "law.cn.first",
    article: "Advertising Law, Art. 9 (3); SAMR 2023 No. 6, § 7",
    outcome: "block",
    find: [
      `(?:销量|零售量|销售量?|销售额|零售额|成交额|交易额|出货量|出口额?|产量|市场占有率|市占率|份额|人气|业绩|复购率?|收视率|排名|排在|排行|口碑|品质|质量|行业|类目|热度|搜索量|下载量|好评率?|关注度|装机量|客流量?|订单量?)${near(8)}(?:第一|第1|首位|冠军|榜首|头名|NO\\.1|TOP1)`,
      `${scope}${near(6)}(?:第一(?![次步口眼时排人食])|首个|首家|首款|首创|首发(?!价)|唯一(?!编号|码)|独家|独有|领先|遥遥领先|NO\\.1|TOP1|冠军|榜首|首位)`,
      "第一(?:品牌|名(?!字|片|额)|选择|品质|好(?!友))|(?:全网|全国|销量|行业|本市)?NO\\.1|TOP1(?!\\d)|「第一」",
      `(?:唯一|独家)(?:一家|一款|一个|指定|能|的品牌|选择|授权)|首(?:家|个|款)(?=${near(12)}(?:店|馆|品牌|室|座椅|产品|机))`,
      "销量王|销冠|销量冠军|人气王|霸主|鼻祖|开创者|缔造者|领导品牌|领军品牌|龙头",
    ],
    unless: [
      striving,
      denied,
      {
        before: "(?:顾客|客户|用户|安全|健康|友谊|诚信|服务|客人|信誉|乘客|消费者|学员|体验|儿童|孩子)(?:永远)?",
        of: "第一",
      },
      { of: "冠军", after: "奖杯|杯|造型" },
      { of: "第一名", before: `(?:年级|班级|全班|考试|比赛|跑步|期末|月考|小区|拿了|考了)${near(2)}` },
    ],
    provable: [datedFact],
    why: "claims a rank",
    instead: "record where, when and by whom it was counted, and say so, or leave it out",
  },
  {
    code: "law.cn.absolute",
    article: "Advertising Law, Art. 9 (3)",
    outcome: "block",
    find: [
      "(?:100\\s?%|百分之?百)(?:有效|安全|正品|满意|好评|成功|无|见效|治|纯天然|天然|不|有用|放心|通过|管用|无害|吸收|还原|防|杀)|(?:有效|安全|成功|满意|见效|好评|通过)(?:率)?(?:达|高达)?(?:100\\s?%|百分之?百)",
      "绝对(?:有效|安全|正品|低价|最|没有|无害|健康|天然|领先|管用|不(?:掉色|褪色|起球|过敏|伤|会|反弹|含|刺激))|零风险|无风险|零缺陷|零伤害|永不(?:褪色|变形|磨损|过时|反弹|掉色|生锈|断)|万无一失|一劳永逸|包治百病|无毒副作用|无任何副作用|(?:无|零)副作用",
    ],
    unless: [denied],
    why: "promises what nothing can keep without fail",
    instead: "say what was measured, or leave it out",
  },
];

const disease =
  "(?:糖尿病|高血压|高血脂|高血糖|三高|癌症?|肿瘤|湿疹|皮炎|荨麻疹|鼻炎|咽炎|扁桃体炎|关节炎|肩周炎|颈椎病|腰椎[间盘突出]*|腰间盘突出|滑膜炎|痛风|风湿|类风湿|痛经|月经不调|失眠症?|便秘|抑郁症?|焦虑症|心脏病|冠心病|心脑血管|脑梗|脑血栓|中风|血栓|动脉硬化|肝炎|肝硬化|脂肪肝|肾病|肾虚|肾结石|胃炎|胃病|胃溃疡|肠炎|哮喘|支气管炎|肺炎|肺结核|咳喘|白癜风|牛皮癣|银屑病|脚气|灰指甲|真菌感染|痔疮|前列腺|阳痿|早泄|不孕|不育|更年期综合征|骨质疏松|骨质增生|白内障|青光眼|老花眼|甲亢|甲状腺|结节|息肉|贫血症?|老年痴呆|阿尔茨海默|帕金森|癫痫|自闭症|多动症|妇科(?:病|炎症)?|阴道炎|宫颈炎|盆腔炎|乳腺增生|偏头痛|神经衰弱|静脉曲张|过敏性|感染)";
const healing =
  "(?:治疗|治好|治愈(?![系感]|心灵|人心|了?我的?一天|风|画风)|医治|根治|根除|专治|主治|防治|疗效|药效|药用|药到病除|处方级?|消炎|抗炎|抗菌消炎|降血压|降压(?!力|药)|降血糖|降糖|降血脂|降脂|降尿酸|降三高|抗癌|防癌|抗肿瘤|止痛|镇痛|止咳|化痰|退烧|活血化瘀|活血|化瘀|祛风湿|祛湿(?:排毒)|排毒|清热解毒|补肾|壮阳|强筋壮骨|强筋健骨|延年益寿|返老还童|调理(?:内分泌|月经|气血|脾胃|体质|肠胃)|(?:增强|提高|提升)(?:人体)?免疫力?|通便|催眠|安神助眠|医用级|医院同款|械字号同款|临床(?:验证|试验|证明|证实)|康复|病愈|修复(?:软骨|关节|神经|视力)|软化血管|疏通血管|恢复视力|改善视力)";

const medicine: LawRule[] = [
  {
    code: "law.cn.medical_assertion",
    article: "Advertising Law, Art. 16",
    outcome: "block",
    sectors: ["medical", "drug"],
    find: [
      "零失败|管(?:到老|一辈子)|不再[疼痛痒咳]|根治|根除|断根|除根|痊愈|药到病除|不再?复发|永不复发|(?:治愈|有效|成功|康复|好转|复明|见效)率|零风险|无风险|安全无|(?:无|零|没有)(?:任何)?副作用|无痛苦|保证|确保|包(?:治|好)|无效退款|立竿见影",
      `${number}(?:针|贴|次|天|片|粒|疗程|盒|个疗程|分钟)${near(2)}(?:见效|根除|治好|痊愈|康复|摘镜|好转|起效)`,
      `比(?:别家|其他|其它|隔壁|对面|别的|那家|某|同行|同类|传统|普通|一般|进口|国产)${near(10)}(?:快|好|强|有效|安全|高|低|少|省|温和|久|显著)`,
      `(?:小姐|女士|先生|阿姨|大爷|大妈|大叔|老师|同学|[小老][\\p{Script=Han}])(?:说|现身说法|亲述|反馈|告诉|表示)|(?:患者|病友|国医|大师|名医|老中医|专家|教授|医生|医师|院士|冠军|明星|主任|博士|协会|学会|药师|网红|博主)[^。!?;\\n]{0,10}(?:推荐|力荐|代言|信赖|首选|证明|证言|都说|说|常备|认可|同款|背书)`,
      `(?:亲测|我|他|她|老伴|爸|妈|奶奶|爷爷)${near(10)}(?:治好了|好了|不疼了|不咳了|痊愈|见效)`,
      "(?:100\\s?%|百分百|绝对)(?:有效|安全|治)|家中必备(?:良药|神药)|神药|特效药?|秘方|祖传|(?:国家|国际)级新药|最(?:新|先进)(?:技术|科学|疗法|工艺)",
    ],
    why: "asserts that it works or is safe, compares it, or lets somebody speak for it",
    instead: "leave it out: only what the approval says may be said",
  },
  {
    code: "law.cn.medical_use",
    article: "Advertising Law, Art. 16",
    outcome: "needs_evidence",
    sectors: ["medical", "drug"],
    find: [`(?:用于|适用于|缓解|改善|治疗|适应症|功能主治|辅助治疗)[^。;\\n]{1,20}`],
    unless: [{ before: "(?:请勿|不得|不可|禁止|不能)" }],
    why: "says what it is for",
    instead: "record the approval number and copy its wording",
  },
  {
    code: "law.cn.disease",
    article: "Advertising Law, Art. 17",
    outcome: "block",
    sectors: ["general", "alcohol", "education", "real_estate", "finance"],
    find: [
      disease,
      healing,
      `血[压糖脂]${near(4)}(?:降|下来|稳住|正常)|(?:药盒|药瓶|药片|吃药|降压药)${near(4)}(?:收|停|扔|不用)`,
      `(?:缓解|改善|告别|摆脱|赶走|远离|治|预防|对付|调理)${near(4)}(?:疼痛|酸痛|头痛|胃痛|牙痛|炎症|病痛|病症|感冒|近视|脱发症|颈椎|腰椎|关节|头疼|头晕|失眠)`,
    ],
    unless: [
      { before: `(?:不能|不可|不具备?|没有|非|无法|并不|不)${near(6)}(?:代替|替代)?` },
      { of: "^结节$|^感染$|^三高$|^活血$|^止痛$|^康复$", after: "力|式" },
      { of: "^感染$", before: "(?:被|情绪|笑容|快乐|气氛|热情)" },
      { of: "^(?:过敏性|排毒)$", before: "(?:非|低)" },
    ],
    why: "speaks of illness or medicine, which only medicine may",
    instead: "say what it does without a word of medicine",
  },
];

const health: LawRule[] = [
  {
    code: "law.cn.health_food",
    article: "Advertising Law, Art. 18",
    outcome: "block",
    sectors: ["health_food"],
    find: [
      `(?:预防|治疗|治愈|防治|缓解|根治|抗|防|改善|逆转|告别|远离)${near(4)}${disease}`,
      disease,
      "消炎|止痛|疗效|药效|根治|痊愈|神药|特效",
      `与其[^,。]{0,6}吃药|天天吃药|不能停|不补就|不吃就|(?:停|替|代替|替代|取代|不用|扔掉|甩掉|告别)${near(4)}(?:药|打针|吃药|胰岛素)|(?:降压药|降糖药|药|二甲双胍|他汀|阿司匹林)${near(3)}(?:停|扔|不用吃|可以不吃|减量)`,
      `(?:离不开|缺不了|少不了|缺它不可|必须(?:吃|补|服|靠)|必不可少|不吃不行|非吃不可|人人都?(?:要|需|得)|家家${near(4)}备|撑不住|不可或缺)`,
      `少了它${near(6)}(?:垮|差|老|病|虚)|(?:抵抗力|免疫力)${near(2)}(?:包|蹭蹭|嗖嗖|上去)|(?:保证|确保|包|一定能?|肯定能?|100\\s?%)${near(8)}(?:有效|见效|瘦|睡|好|觉|长高|降|不|白|恢复|改善)`,
      "(?:专家|教授|医生|患者|明星|博士|院士|营养师)[^。;\\n]{0,8}(?:推荐|证明|代言|力荐|都说|首选)",
      `${number}(?:天|日|周|疗程|瓶|盒)${near(4)}(?:见效|起效|瘦|恢复|告别|年轻|变)`,
      "增高|长高\\d|丰胸|壮阳|延年益寿|返老还童|重返\\d+岁",
    ],
    unless: [{ before: "(?:不能|不可|不得|不|并非)[^,。]{0,3}", of: "代替|替代|取代|治疗|药|停" }],
    why: "makes a food a medicine or a need",
    instead: "say only the approved function, and that it does not replace medicine",
  },
  {
    code: "law.cn.health_function",
    article: "Advertising Law, Art. 18",
    outcome: "needs_evidence",
    sectors: ["health_food", "general"],
    find: [
      "(?:有助于|有利于|辅助|帮助|改善|调节|缓解|增强|提高|提升|维持|促进)[^,。;\\n]{0,4}(?:免疫力?|抗氧化|睡眠|消化|肠道|血脂|血糖|血压|骨密度|记忆|排铅|润肠|视力|代谢|吸收|钙)",
    ],
    unless: [denied],
    why: "claims a function for health",
    instead: "record the approval (the blue hat) that names it, or leave it out",
  },
];

const trades: LawRule[] = [
  {
    code: "law.cn.pesticide",
    article: "Advertising Law, Art. 21",
    outcome: "block",
    sectors: ["pesticide"],
    find: [
      `(?:绝对|完全|保证|100\\s?%)?(?:安全无|无毒|无害|无残留|零残留|零毒|不伤(?:人|手|作物|果|苗))|死光|杀光|绝根|不死退|(?:不用|无需|不必)戴?(?:手套|口罩|防护)|徒手|也没事|直接喝|绝对安全|(?:对|人畜)${near(6)}安全|(?:有效|杀灭|防治|死亡|灭杀)率|一遍(?:就|即)?(?:绝|净|光|灭)|无效退款|保证(?:有效|增产|丰收)|增产\\d|可以?直接(?:吃|食用)|(?:摘了?|打完)${near(4)}就能吃|(?:小孩|孩子|宝宝|人)${near(6)}没事`,
      `(?:农科院|科学院|农业(?:局|厅|部|大学)|植保站?|推广站|专家|教授|协会|学会|农户|种田[^,。]{0,4}|老农|院士|站长|技术员|农技[站员]|所长|大户)[^。;\\n]{0,8}(?:力荐|推荐|指定|都用|证明|认可|换|首选|说好|用了都)`,
    ],
    unless: [denied],
    why: "asserts that it is safe or how well it works, or lets somebody speak for it",
    instead: "say what the label says",
  },
  {
    code: "law.cn.pesticide_use",
    article: "Advertising Law, Art. 21",
    outcome: "needs_evidence",
    sectors: ["pesticide"],
    find: [
      "防治[^,。;\\n]{2,12}(?:病|虫|草|螨|蚜|虱|蛾)",
      "(?:登记|批准|用于)[^,。;\\n]{0,4}(?:用于|防治|杀灭|防除)[^,。;\\n]{0,12}",
      "持效期|速效",
    ],
    why: "says what it is registered for",
    instead: "record the registration number",
  },
  {
    code: "law.cn.alcohol",
    article: "Advertising Law, Art. 23",
    outcome: "block",
    sectors: ["alcohol"],
    find: [
      `一口闷|左手[^,。]{0,8}右手[^,。]{0,4}(?:酒|啤)|(?:出车|开车|上路|上班|出海|驾驶|上岗|跑长途|出远门)前[^,。]{0,4}(?:一|来|喝|抿|小)|(?:方向盘|舵盘?|油门)[^,。]{0,8}酒|不醉不(?:归|休|散)|一醉方休|喝到(?:尽兴|断片|倒|醉|天亮|吐)|干了这[杯瓶]|不喝(?:不是|就不|没)|千杯不[醉倒]|畅饮(?:到|不停|无限)|无限畅饮|(?:劝|敬|拼)酒|感情深|往死里喝|喝个?(?:够|痛快|烂醉)`,
      `(?:照样|也能|还能|照常|不耽误|不影响|放心)${near(3)}(?:开车|驾车|上路|骑车|驾驶|开船)`,
      `(?:焦虑|压力|紧张|烦恼|疲劳|疲惫|忧愁|失眠|烦闷)${near(5)}(?:全消|消除|缓解|没了|跑光|一扫|释放|清空|不见|远离|走)|(?:解|消|缓解|释放|赶走|消除|舒缓)${near(2)}(?:压力?|忧|愁|乏|疲劳|焦虑|烦恼|紧张)`,
      `强筋壮骨|壮阳|补肾|提神|活血|助眠|暖胃|养生|腰不酸|腰杆${near(2)}硬|(?:干活|上楼|扛)${near(6)}不喘|腿有劲|睡得香|赶走(?:疲惫|疲劳)|强身|健体|增强体力|男人的劲|长力气|滋补|软化血管|美容养颜|延年益寿`,
      "(?:未成年|学生|孩子|小朋友)[^,。;\\n]{0,6}(?:也能|也可以|都能)?喝",
    ],
    unless: [
      { before: `(?:请勿|不要|别|切勿|禁止|不得|拒绝|严禁)${near(6)}` },
      { after: `${near(4)}(?:请勿|禁止|不得)` },
    ],
    why: "invites to drink, to drive, or promises that drinking does one good",
    instead: "say how it tastes and how it is made",
  },
  {
    code: "law.cn.education",
    article: "Advertising Law, Art. 24",
    outcome: "block",
    sectors: ["education"],
    find: [
      `(?:包|保)(?:过|会|录取|通过|上岸|分|就业|升学|拿证|毕业|提分)|(?:稳|必|保证|确保|承诺|轻松|100\\s?%)${near(3)}(?:过|上岸|录取|通过|拿证|提分|升学|就业|上\\d|高分|满分|考上|[上拿]\\d+)|不过(?:全额)?退|一次(?:性)?过|无忧上岸|协议班|内部(?:名额|题)`,
      `(?:985|211|清北|名校|重点)[^,。]{0,6}(?:录取|通知书|保送|稳)|录取通知书|从\\d+分?${near(2)}(?:飙|冲|涨|升)到(?:满分|\\d+)|从[^,。]{1,8}(?:冲进|考上|考进|逆袭|升到|提到)|现身说法|学员[^,。]{1,6}(?:说|亲述|分享|反馈)|(?:命题|出卷)(?:组|人|专家|老师)|阅卷(?:组|老师|专家|人)|考官|出题(?:组|人|老师)|押(?:中|题)|原题|真题泄露|考试院`,
      `(?:清华|北大|哈佛|名校|专家|教授|状元|院士|明星|往届学员|学员|家长)[^。;\\n]{0,8}(?:推荐|力荐|代言|证明|都说|首选)`,
      `(?:提分|提高|涨|多考)${near(3)}\\d+分|(?:通过|上岸|录取|就业|升学|拿证|过)率`,
    ],
    unless: [denied, { before: "不(?:作|做)?" }],
    why: "promises a result, or that those who set the exam teach it",
    instead: "say what is taught, by whom, and for how long",
  },
  {
    code: "law.cn.education_figures",
    article: "Advertising Law, Art. 24, 28",
    outcome: "needs_evidence",
    sectors: ["education"],
    find: [
      "教师资格证|持证上岗|(?:全部|均|都)[^,。]{0,4}(?:持有|持证|毕业于)|师资[^,。]{0,6}(?:毕业|认证)",
      `\\d+\\s?(?:名|位|个|人)[^,。;\\n]{0,6}(?:学员|同学|学生|考生)?[^,。;\\n]{0,4}(?:通过|录取|上岸|拿到|考取|就业)[^,。;\\n]{0,12}`,
    ],
    why: "counts those who passed",
    instead: "record the list it was counted from",
  },
  {
    code: "law.cn.finance",
    article: "Advertising Law, Art. 25",
    outcome: "block",
    sectors: ["finance"],
    find: [
      `本金${near(6)}(?:不会少|不少|不亏|无忧)|[亏跌]了?${near(3)}(?:算|归|由)${near(1)}(?:我们|平台|公司)|稳(?:zhuan|转|赚)不[赔陪]|每月(?:多)?(?:领|拿|收)${near(2)}${number}|${number}个点的?(?:收益|回报)|兜底|亏了[^,。]{0,6}(?:赔|补|退)|旱涝保收|连本带利|一分不少|零亏损|只会涨|不会跌|稳拿|(?:国资|央企|政府|银行)(?:背景|背书|担保)|保本|保息|保收益|刚性?兑付|(?:零|无|没有?|低)风险|稳赚|稳赢|躺赚|包赚|必[涨赚盈]|只赚不赔|不[亏赔]|翻[倍番]|(?:年化|月化|日息|收益率?|回报率?)${near(4)}\\d+(?:\\.\\d+)?\\s?%|承诺${near(4)}收益|保证${near(4)}(?:收益|盈利|回报|兑付)|暴富|一夜致富|财富自由|稳稳的?收益|安全可靠|高收益`,
      `(?:专家|教授|经济学家|分析师|明星|大师|股神|机构|协会|首席|院士|名人|银行经理)[^。;\\n]{0,8}(?:推荐|力荐|看好|代言|操盘|背书|证明|都买)`,
    ],
    unless: [
      denied,
      { before: "不[^,。]{0,2}" },
      { of: "低风险", before: "(?:等级|R\\d|中|[(])[^,。]{0,6}" },
      { before: "(?:近|过去|过往|历史)[^,。;\\n]{0,10}", anywhere: "不代表|不预示|投资有风险|需谨慎" },
    ],
    why: "promises a return or hides the risk",
    instead: "say the risk, and promise nothing of the future",
  },
  {
    code: "law.cn.finance_past",
    article: "Advertising Law, Art. 25",
    outcome: "needs_evidence",
    sectors: ["finance"],
    find: [
      "业绩(?:比较)?基准|风险等级",
      `(?:近|过去|成立以来|历史|20\\d\\d年)${near(4)}(?:净值|收益|业绩|回报|年化)[^,。;\\n]{0,14}`,
    ],
    why: "shows a past return",
    instead: "record the report it is from, and say that it promises nothing",
  },
  {
    code: "law.cn.real_estate",
    article: "Advertising Law, Art. 26",
    outcome: "block",
    sectors: ["real_estate"],
    find: [
      `${number}年翻|${number}个点的?回报|兜底|租${near(5)}月供|只会涨|不会跌|只涨不跌|(?:年|月|首付|投资)[^,。]{0,4}回本|买(?:了|房)?[^,。]{0,4}(?:就能|即可|可)?上[^,。]{0,6}(?:小学|中学|名校|幼儿园)|升值|增值(?!税|服务)|保值|(?<!不)涨价(?!前)|必涨|翻倍|(?:年|投资|租金)?回报率?${near(3)}\\d|包租|返租|售后回租|以租养|稳赚|坐收租金|一铺(?:养|富)|投资${near(3)}(?:回报|首选|热土)`,
      `${number}\\s?(?:分钟|小时|mins?)${near(4)}(?:直达|到达|抵达|到|可?达|通达|速达|车程|生活圈|畅达)|(?:车程|步行|开车|驾车)(?:仅|只要|约|只需)?${number}\\s?分钟`,
      `(?:买房|购房)?(?:即|就|可|包|保证)?(?:落户|入户|上名校|入学|读名校)|学位(?:保证|确保|到手)|学区(?:稳|保证)|包(?:落户|入学)`,
    ],
    unless: [denied, { before: "不(?:对|承诺|保证|作)[^,。]{0,6}" }, { after: `${near(6)}不(?:作|做)` }],
    why: "promises a rise in value, a return, a school, or measures distance in time",
    instead: "give the distance along real roads in metres, and promise nothing",
  },
  {
    code: "law.cn.real_estate_plan",
    article: "Advertising Law, Art. 26",
    outcome: "needs_evidence",
    sectors: ["real_estate"],
    find: ["得房率|绿化率|容积率|以[^,。]{1,8}为准", "(?:规划|在建|拟建|筹建|待建)(?:中|的)?[^,。;\\n]{1,14}"],
    why: "counts with what is not built yet",
    instead: "record the plan, and say that it is one",
  },
];

const decency: LawRule[] = [
  {
    code: "law.cn.state",
    article: "Advertising Law, Art. 9 (1), (2)",
    outcome: "block",
    find: [
      `(?:副?(?:省长|市长|县长|部长|主席|总理|总统|书记|国务委员)|中央领导|首长|领导人)[^,。;]{0,6}(?:视察|考察|吃|喝|用|同款|点赞|题词|来过|接见|夸|推荐)|国旗|国歌|国徽|军旗|军歌|军徽|(?:中共)?中央(?:军委|办公厅|政府)|国务院(?:办公厅)?|全国(?:人大|政协)|人民大会堂|中南海|国家领导人|(?:主席|总理|部长|省长|市长|书记|国家机关|机关|军队|部队|公安部?|外交部|\\p{Script=Han}{2,4}(?:部|局|厅|委)|政府|国宴|驻华使馆)(?:办公厅)?(?:机关)?(?:食堂|指定|专供|特供|同款|专用|推荐|内供|认证推荐|力荐|都在[喝用])|特供酒?|内供|RMDHT`,
    ],
    unless: [{ of: "国旗|国歌", before: `(?:升|唱|爱护|尊重|敬)${near(3)}` }, denied],
    why: "uses the state, its signs or its people",
    instead: "leave it out",
  },
  {
    code: "law.cn.superstition",
    article: "Advertising Law, Art. 9 (8)",
    outcome: "block",
    find: [
      "财神[^,。]{0,6}(?:上门|到家|进门|找)|转运|改运|开运|旺运|招财(?!猫|树)|旺财运|招桃花|旺桃花|桃花(?:运|上门|朵朵来)|辟邪|避邪|驱邪|开光|旺夫|镇宅|化煞|挡煞|消灾|避祸|算命|占卜|八字|风水(?!电)|犯太岁|本命年(?:必|保|护身|化|护)|护身符|灵符|显灵|福报|因果报应|锦鲤附体|逢考必过|许愿必灵|保佑(?:发财|平安|考)|逆天改命|聚财|财运|贵人(?:运|上门)",
    ],
    unless: [denied],
    why: "promises luck",
    instead: "say what it is made of and how it looks",
  },
  {
    code: "law.cn.dignity",
    article: "Advertising Law, Art. 9 (7), (9)",
    outcome: "block",
    find: [
      `(?:女人|女的|男人|男的|女孩|媳妇)[^,。;]{0,8}(?:别想|就该|天生|本来就)|嫁得好|(?:胖子|矮子|丑[女男人]|穷[人鬼]|农村人|乡下人|黑人|黑鬼|老女人|剩女|大妈|残疾人|残废|女人|男人|女的|外地人|土包子|屌丝|光头|秃子|娘们)${near(5)}(?:不配|活该|没资格|别[进来买穿]|滚|禁止入内|没人要|嫁不出去|只配|不如|才[穿用买]|谢绝|就该)`,
      "娘炮|嫁不出去|生不出儿子|(?:传宗接代|生男孩|包生男)|没用的(?:男|女)人|歧视|(?:高贵|优等|劣等)(?:人种|种族|民族)|黄脸婆|黑得像|土得像(?:农|乡)",
    ],
    unless: [{ of: "歧视", before: "(?:反对?|拒绝|没有|零|消除)" }],
    why: "looks down on people",
    instead: "speak to whoever reads it with respect",
  },
  {
    code: "law.cn.obscene",
    article: "Advertising Law, Art. 9 (8)",
    outcome: "block",
    find: [
      `下不了床|上床|约炮|一夜情|裸聊|激情裸|叫床|湿身诱惑|巨乳|撩到腿软|欲仙欲死|销魂一夜|翻云覆雨|春宵|啪啪|性福|出轨|勾引|偷情|让(?:他|她|老公|老婆|男友|女友)${near(4)}(?:欲罢不能|把持不住|流鼻血|疯狂|求饶)|赌博|赌场|博彩|毒品|上瘾(?:到|的?快感)|血腥|暴力美学|杀人`,
    ],
    unless: [{ before: `(?:拒绝|远离|禁止|不|反)${near(2)}` }],
    why: "is obscene or violent",
    instead: "leave it out",
  },
  {
    code: "law.cn.privacy",
    article: "Advertising Law, Art. 9 (9)",
    outcome: "block",
    find: [
      `\\d+(?:栋|号楼|幢|座|单元)${near(2)}\\d+(?:室|号)?${near(2)}[\\p{Script=Han}]{1,3}(?:女士|先生|小姐|太太|阿姨)`,
      "(?:身份证号|手机号|住址)[是为:]?[\\d*]{4,}|[\\p{Script=Han}]{2,3}(?:女士|先生|小姐)[,，]?(?:电话|手机|住在)[\\d\\p{Script=Han}]{4,}",
    ],
    why: "tells of somebody",
    instead: "leave people out, or have their written consent and say nothing that finds them",
  },
];

const truth: LawRule[] = [
  {
    code: "law.cn.sham_science",
    article: "Advertising Law, Art. 28",
    outcome: "block",
    find: [
      `白发变黑|黑发再生|度数(?:降|减|下降)|(?:降|减|恢复)${near(4)}度数|(?:让|帮)[^,。]{0,6}长高|多跑${near(3)}\\d*[百千]?公里|省油\\d+%|${number}(?:天|晚|次)${near(2)}变`,
      `量子(?!点|力学|物理|计算|通信|比特|纠缠态的?科普)|小分子团|负离子${near(3)}(?:保健|改善|净化血)|(?:纳米|磁疗|能量|频谱|太赫兹|远红外)${near(3)}(?:能量|理疗|养生|激活|细胞|排毒)|激活细胞|细胞(?:再生|修复)|干细胞|基因(?:修复|检测定制)|逆(?:转)?(?:生长|龄|衰老)|黑科技抗|信息素吸引`,
      `${number}(?:天|日|周|个?月|小时|晚|夜|次)${near(5)}(?:瘦|减|掉|甩|暴瘦|轻)${near(3)}(?:${number})?\\s?(?:斤|公斤|kg|码|圈)|(?:月|周|日)瘦${number}|(?:躺|吃)着?(?:就能?)?瘦|不(?:运动|节食|反弹)[^,。]{0,6}(?:瘦|减)|${number}(?:天|日|周|次|夜|晚)${near(3)}(?:美白|变白|祛斑|淡斑|祛皱|年轻|长发|生发|见效|告别)|年轻${number}岁|一夜(?:变白|回春|长发)`,
    ],
    unless: [denied],
    why: "claims an effect that cannot be",
    instead: "say what it is made of and what was measured",
  },
  {
    code: "law.cn.contradiction",
    article: "Advertising Law, Art. 28",
    outcome: "block",
    find: ["100\\s?%\\s?(?:纯|全)?(?:羊毛|棉|羊绒|真丝|桑蚕丝|亚麻|蚕丝|牛皮|实木|果汁|天然)"],
    onlyIf: [
      { anywhere: "(?:成分|含|材质|配料)[:为]?[^。]{0,20}(?:腈纶|涤纶|聚酯|化纤|氨纶|人造革|密度板|香精|水、|浓缩)" },
    ],
    why: "is denied by the text itself",
    instead: "say what it is made of, with its share",
  },
  {
    code: "law.cn.evidence",
    article: "Advertising Law, Art. 11, 28",
    outcome: "needs_evidence",
    find: [
      `排(?:名|在|到)?${near(2)}第[一二三四五1-5](?![排次])|排名前[三五十\\d]+|前[三五十]强|(?:行业|全国|全省|全市)前${number}`,
      `(?:窖藏|陈酿|陈放|熟成|发酵|陈化)${near(3)}${number}年|原瓶原装|原装原瓶|(?:国标限值|国家标准限值|行业标准限值|限值|欧盟标准)${near(6)}(?:一半|${number}|倍|以下|更)|(?:任何|所有)(?:车|人|肤质|肌肤|皮肤|家庭|锅具?)都(?:能|适用|有效|适合)`,
      `(?:19|20)\\d\\d年?[^,。;\\n]{0,20}(?:金奖|银奖|铜奖|大奖|奖项|冠军(?!奖杯))|(?:荣获|斩获|获得?|拿下|夺得)${near(16)}(?:奖|冠军|认证|称号)|金奖|红点奖|IF(?:设计)?奖|米其林`,
      `(?:\\d[\\d.,]*\\s?[万亿千]?|[上数百千]+万|成千上万|千万|百万|万千|亿)\\+?\\s?(?:个|位|名|户|人)?(?:家庭|用户|人(?!民|份|间|用)|顾客|妈妈|粉丝|客户|买家|老客|会员|消费者|主妇|宝妈|商家|姐妹)`,
      `\\d[\\d.]*\\s?%\\s?(?:的)?(?:人|用户|顾客|客户|妈妈|受访|买家|消费者|家庭|试用|会员|回头|使用者)|(?:调查|调研|回访|测试|实测|实验室?|检测|试验|研究|数据)(?:发现|显示|表明|证明|证实|检测)|(?:好评|满意|复购|回购|除菌|抑菌|杀菌|除螨|除甲醛|净化|防晒|阻隔|隔热|降噪|回头|推荐|去除|拦截|抗菌|保温)率(?:达|高达|超)?\\s?\\d`,
      `(?:原装|原瓶|原罐|纯)进口|进口(?:奶源|原料|面料|羊毛|食材|小麦)|(?:产自|源自|取自|来自|采自|奶源|原产|产地)${near(3)}(?:[\\p{Script=Han}]{2,6}(?:国|州|省|岛|山|高原|牧场|雪山|冰川|庄园|产区|半岛)|新西兰|澳洲|澳大利亚|法国|意大利|日本|德国|瑞士|泰国|加拿大|智利|挪威|南极|北极|喜马拉雅|阿尔卑斯|长白山|五常|武夷)`,
      `百年(?:老店|品牌|传承|老号|工艺|企业|匠心|秘方|字号)|中华老字号|老字号|传承[百\\d]+年|(?:始|创)(?:创|立|建|办)?于\\s?\\d{4}|(?:${number}|百)年(?:历史|传承|老厂|老店)|(?:第?[一二三四五六七八九十\\d]+代)(?:传人|掌柜|传承|匠人)`,
      "专利(?!费|局|法|代理)|独家(?:配方|工艺|技术|秘方|专利)|(?:ISO|FDA|CE|SGS|ECE|GMP|有机|绿色食品|欧盟|国际|权威|中科院|国家)[^,。;\\n]{0,4}(?:认证|检测|检验|证书|标准认证)|(?:通过|获)[^,。;\\n]{0,6}(?:认证|检测)",
      `(?:是|比|为|达)${near(4)}(?:普通|同类|一般|传统|市面|其他|其它|别家|常规|竞品)${near(8)}(?:${number}\\s?倍|\\d+\\s?%|更|快|轻|强|省|久|好|多|少)|(?:普通|同类|一般|传统)${near(8)}的?${number}\\s?倍`,
      `原价|日常价|专柜价|吊牌价|市场价|门市价|建议零售价|划线价|平时(?:卖|要)\\s?\\d|(?:昨天|上周|之前)(?:还)?卖\\s?\\d`,
      `(?:仅|只|就|还)剩(?:下)?(?:最后)?${near(2)}${number}|最后${number}(?:件|双|席|套|台|个|盒|瓶|张|箱|份|天|小时|名额)|(?:限量|限时)${near(2)}(?:${number}|最后)|库存(?:告急|不多|紧张|见底|仅)|(?:即将|马上)(?:售罄|涨价|恢复原价)|错过(?:再)?等(?:一|\\d)年|${number}(?:分钟|小时|秒)(?:内)?(?:售罄|抢光|卖空|一抢而空)|倒计时|(?:今天|今日|今晚)(?:最后|截止|过后)`,
      `(?:明星|网红|博主|专家|医生|教授|营养师|设计师|达人|主播)[^,。;\\n]{0,6}(?:同款|推荐|力荐|安利|代言|都在用|首选|认证)`,
      "好评如潮|口碑爆棚|零差评|五星好评|万人(?:种草|好评|回购)|(?:顾客|客户|用户|买家|网友|妈妈|粉丝)们?(?:都|一致)?(?:说|推荐|好评|称赞|反馈)|全网(?:爆款|热卖|都在)|断货王|卖爆",
    ],
    unless: [
      denied,
      { of: "^(?:进口|来自|产地|产自)", after: "$" },
      { of: "原价", after: `${near(2)}(?:退|恢复)` },
      { of: "限量|限时", after: "$" },
    ],
    refuted: [
      {
        of: "取自|源自|来自|采自|产自",
        anywhere: "(?:灌装|水源地|产地|原产地|生产地|实际产地|制造地|加工地)[^。]{0,8}[:为是]",
      },
    ],
    why: "is a claim that somebody may ask proof of",
    instead: "record the source and its date, and say them where they matter",
  },
];

export const chinaAdvertisingLaw: Lexicon = {
  source:
    "Advertising Law of the People's Republic of China, Art. 9, 11, 16-18, 21, 23-26, 28; Guide to the Enforcement of the Law on Absolute Terms in Advertising, SAMR 2023 No. 6",
  checkedOn: "2026-11-28",
  rules: [...superlatives, ...medicine, ...health, ...trades, ...decency, ...truth],
};
