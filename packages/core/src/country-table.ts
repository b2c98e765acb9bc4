/**
 * Every country of ISO 3166-1 that people live in: code, locale, time zones, English name. The locale is the likeliest
 * language of Unicode's CLDR 48 (likely subtags). The zones are the country's own in IANA's tz database 2025b (zone.tab, in
 * the public domain): first the one most of its people live in; of those whose clocks agreed from 2025 to 2027, only one.
 * The ledger keeps the same list (prisma/migrations/0012_zones).
 */
export const countryTable = `
AD ca-AD Europe/Andorra Andorra
AE ar-AE Asia/Dubai United Arab Emirates
AF fa-AF Asia/Kabul Afghanistan
AG en-AG America/Antigua Antigua & Barbuda
AI en-AI America/Anguilla Anguilla
AL sq-AL Europe/Tirane Albania
AM hy-AM Asia/Yerevan Armenia
AO pt-AO Africa/Luanda Angola
AR es-AR America/Argentina/Buenos_Aires Argentina
AS sm-AS Pacific/Pago_Pago American Samoa
AT de-AT Europe/Vienna Austria
AU en-AU Australia/Sydney,Australia/Lord_Howe,Australia/Broken_Hill,Australia/Brisbane,Australia/Darwin,Australia/Perth,Australia/Eucla Australia
AW nl-AW America/Aruba Aruba
AX sv-AX Europe/Mariehamn Åland Islands
AZ az-AZ Asia/Baku Azerbaijan
BA bs-BA Europe/Sarajevo Bosnia & Herzegovina
BB en-BB America/Barbados Barbados
BD bn-BD Asia/Dhaka Bangladesh
BE nl-BE Europe/Brussels Belgium
BF fr-BF Africa/Ouagadougou Burkina Faso
BG bg-BG Europe/Sofia Bulgaria
BH ar-BH Asia/Bahrain Bahrain
BI rn-BI Africa/Bujumbura Burundi
BJ fr-BJ Africa/Porto-Novo Benin
BL fr-BL America/St_Barthelemy St. Barthélemy
BM en-BM Atlantic/Bermuda Bermuda
BN ms-BN Asia/Brunei Brunei
BO es-BO America/La_Paz Bolivia
BQ pap-BQ America/Kralendijk Caribbean Netherlands
BR pt-BR America/Sao_Paulo,America/Noronha,America/Campo_Grande,America/Eirunepe Brazil
BS en-BS America/Nassau Bahamas
BT dz-BT Asia/Thimphu Bhutan
BW en-BW Africa/Gaborone Botswana
BY ru-BY Europe/Minsk Belarus
BZ en-BZ America/Belize Belize
CA en-CA America/Toronto,America/St_Johns,America/Halifax,America/Blanc-Sablon,America/Atikokan,America/Winnipeg,America/Regina,America/Edmonton,America/Creston,America/Vancouver Canada
CC ms-CC Indian/Cocos Cocos (Keeling) Islands
CD fr-CD Africa/Kinshasa,Africa/Lubumbashi Congo - Kinshasa
CF sg-CF Africa/Bangui Central African Republic
CG fr-CG Africa/Brazzaville Congo - Brazzaville
CH de-CH Europe/Zurich Switzerland
CI fr-CI Africa/Abidjan Côte d'Ivoire
CK en-CK Pacific/Rarotonga Cook Islands
CL es-CL America/Santiago,America/Coyhaique,Pacific/Easter Chile
CM fr-CM Africa/Douala Cameroon
CN zh-CN Asia/Shanghai,Asia/Urumqi China
CO es-CO America/Bogota Colombia
CR es-CR America/Costa_Rica Costa Rica
CU es-CU America/Havana Cuba
CV pt-CV Atlantic/Cape_Verde Cape Verde
CW pap-CW America/Curacao Curaçao
CX en-CX Indian/Christmas Christmas Island
CY el-CY Asia/Nicosia Cyprus
CZ cs-CZ Europe/Prague Czechia
DE de-DE Europe/Berlin Germany
DJ fr-DJ Africa/Djibouti Djibouti
DK da-DK Europe/Copenhagen Denmark
DM en-DM America/Dominica Dominica
DO es-DO America/Santo_Domingo Dominican Republic
DZ ar-DZ Africa/Algiers Algeria
EC es-EC America/Guayaquil,Pacific/Galapagos Ecuador
EE et-EE Europe/Tallinn Estonia
EG ar-EG Africa/Cairo Egypt
EH ar-EH Africa/El_Aaiun Western Sahara
ER ti-ER Africa/Asmara Eritrea
ES es-ES Europe/Madrid,Atlantic/Canary Spain
ET am-ET Africa/Addis_Ababa Ethiopia
FI fi-FI Europe/Helsinki Finland
FJ en-FJ Pacific/Fiji Fiji
FK en-FK Atlantic/Stanley Falkland Islands
FM en-FM Pacific/Chuuk,Pacific/Pohnpei Micronesia
FO fo-FO Atlantic/Faroe Faroe Islands
FR fr-FR Europe/Paris France
GA fr-GA Africa/Libreville Gabon
GB en-GB Europe/London United Kingdom
GD en-GD America/Grenada Grenada
GE ka-GE Asia/Tbilisi Georgia
GF fr-GF America/Cayenne French Guiana
GG en-GB Europe/Guernsey Guernsey
GH ak-GH Africa/Accra Ghana
GI en-GI Europe/Gibraltar Gibraltar
GL kl-GL America/Nuuk,America/Danmarkshavn,America/Thule Greenland
GM en-GM Africa/Banjul Gambia
GN fr-GN Africa/Conakry Guinea
GP fr-GP America/Guadeloupe Guadeloupe
GQ es-GQ Africa/Malabo Equatorial Guinea
GR el-GR Europe/Athens Greece
GT es-GT America/Guatemala Guatemala
GU en-GU Pacific/Guam Guam
GW pt-GW Africa/Bissau Guinea-Bissau
GY en-GY America/Guyana Guyana
HK zh-Hant-HK Asia/Hong_Kong Hong Kong SAR China
HN es-HN America/Tegucigalpa Honduras
HR hr-HR Europe/Zagreb Croatia
HT ht-HT America/Port-au-Prince Haiti
HU hu-HU Europe/Budapest Hungary
ID id-ID Asia/Jakarta,Asia/Makassar,Asia/Jayapura Indonesia
IE en-IE Europe/Dublin Ireland
IL he-IL Asia/Jerusalem Israel
IM en-GB Europe/Isle_of_Man Isle of Man
IN hi-IN Asia/Kolkata India
IO en-IO Indian/Chagos British Indian Ocean Territory
IQ ar-IQ Asia/Baghdad Iraq
IR fa-IR Asia/Tehran Iran
IS is-IS Atlantic/Reykjavik Iceland
IT it-IT Europe/Rome Italy
JE en-GB Europe/Jersey Jersey
JM en-JM America/Jamaica Jamaica
JO ar-JO Asia/Amman Jordan
JP ja-JP Asia/Tokyo Japan
KE sw-KE Africa/Nairobi Kenya
KG ky-KG Asia/Bishkek Kyrgyzstan
KH km-KH Asia/Phnom_Penh Cambodia
KI en-KI Pacific/Tarawa,Pacific/Kanton,Pacific/Kiritimati Kiribati
KM ar-KM Indian/Comoro Comoros
KN en-KN America/St_Kitts St. Kitts & Nevis
KP ko-KP Asia/Pyongyang North Korea
KR ko-KR Asia/Seoul South Korea
KW ar-KW Asia/Kuwait Kuwait
KY en-KY America/Cayman Cayman Islands
KZ ru-KZ Asia/Almaty Kazakhstan
LA lo-LA Asia/Vientiane Laos
LB ar-LB Asia/Beirut Lebanon
LC en-LC America/St_Lucia St. Lucia
LI de-LI Europe/Vaduz Liechtenstein
LK si-LK Asia/Colombo Sri Lanka
LR en-LR Africa/Monrovia Liberia
LS st-LS Africa/Maseru Lesotho
LT lt-LT Europe/Vilnius Lithuania
LU fr-LU Europe/Luxembourg Luxembourg
LV lv-LV Europe/Riga Latvia
LY ar-LY Africa/Tripoli Libya
MA ar-MA Africa/Casablanca Morocco
MC fr-MC Europe/Monaco Monaco
MD ro-MD Europe/Chisinau Moldova
ME sr-ME Europe/Podgorica Montenegro
MF fr-MF America/Marigot St. Martin
MG mg-MG Indian/Antananarivo Madagascar
MH en-MH Pacific/Majuro Marshall Islands
MK mk-MK Europe/Skopje North Macedonia
ML bm-ML Africa/Bamako Mali
MM my-MM Asia/Yangon Myanmar (Burma)
MN mn-MN Asia/Ulaanbaatar,Asia/Hovd Mongolia
MO zh-Hant-MO Asia/Macau Macao SAR China
MP en-MP Pacific/Saipan Northern Mariana Islands
MQ fr-MQ America/Martinique Martinique
MR ar-MR Africa/Nouakchott Mauritania
MS en-MS America/Montserrat Montserrat
MT mt-MT Europe/Malta Malta
MU fr-MU Indian/Mauritius Mauritius
MV dv-MV Indian/Maldives Maldives
MW en-MW Africa/Blantyre Malawi
MX es-MX America/Mexico_City,America/Cancun,America/Matamoros,America/Ciudad_Juarez,America/Mazatlan,America/Tijuana Mexico
MY ms-MY Asia/Kuala_Lumpur Malaysia
MZ pt-MZ Africa/Maputo Mozambique
NA af-NA Africa/Windhoek Namibia
NC fr-NC Pacific/Noumea New Caledonia
NE ha-NE Africa/Niamey Niger
NF en-NF Pacific/Norfolk Norfolk Island
NG en-NG Africa/Lagos Nigeria
NI es-NI America/Managua Nicaragua
NL nl-NL Europe/Amsterdam Netherlands
NO nb-NO Europe/Oslo Norway
NP ne-NP Asia/Kathmandu Nepal
NR en-NR Pacific/Nauru Nauru
NU en-NU Pacific/Niue Niue
NZ en-NZ Pacific/Auckland,Pacific/Chatham New Zealand
OM ar-OM Asia/Muscat Oman
PA es-PA America/Panama Panama
PE es-PE America/Lima Peru
PF fr-PF Pacific/Tahiti,Pacific/Marquesas,Pacific/Gambier French Polynesia
PG tpi-PG Pacific/Port_Moresby,Pacific/Bougainville Papua New Guinea
PH fil-PH Asia/Manila Philippines
PK ur-PK Asia/Karachi Pakistan
PL pl-PL Europe/Warsaw Poland
PM fr-PM America/Miquelon St. Pierre & Miquelon
PN en-PN Pacific/Pitcairn Pitcairn Islands
PR es-PR America/Puerto_Rico Puerto Rico
PS ar-PS Asia/Gaza Palestinian Territories
PT pt-PT Europe/Lisbon,Atlantic/Azores Portugal
PW pau-PW Pacific/Palau Palau
PY gn-PY America/Asuncion Paraguay
QA ar-QA Asia/Qatar Qatar
RE fr-RE Indian/Reunion Réunion
RO ro-RO Europe/Bucharest Romania
RS sr-RS Europe/Belgrade Serbia
RU ru-RU Europe/Moscow,Europe/Kaliningrad,Europe/Astrakhan,Asia/Yekaterinburg,Asia/Omsk,Asia/Novosibirsk,Asia/Irkutsk,Asia/Chita,Asia/Vladivostok,Asia/Magadan,Asia/Kamchatka Russia
RW rw-RW Africa/Kigali Rwanda
SA ar-SA Asia/Riyadh Saudi Arabia
SB en-SB Pacific/Guadalcanal Solomon Islands
SC fr-SC Indian/Mahe Seychelles
SD ar-SD Africa/Khartoum Sudan
SE sv-SE Europe/Stockholm Sweden
SG en-SG Asia/Singapore Singapore
SH en-SH Atlantic/St_Helena St. Helena
SI sl-SI Europe/Ljubljana Slovenia
SJ nb-SJ Arctic/Longyearbyen Svalbard & Jan Mayen
SK sk-SK Europe/Bratislava Slovakia
SL en-SL Africa/Freetown Sierra Leone
SM it-SM Europe/San_Marino San Marino
SN wo-SN Africa/Dakar Senegal
SO so-SO Africa/Mogadishu Somalia
SR nl-SR America/Paramaribo Suriname
SS ar-SS Africa/Juba South Sudan
ST pt-ST Africa/Sao_Tome São Tomé & Príncipe
SV es-SV America/El_Salvador El Salvador
SX en-SX America/Lower_Princes Sint Maarten
SY ar-SY Asia/Damascus Syria
SZ en-SZ Africa/Mbabane Eswatini
TC en-TC America/Grand_Turk Turks & Caicos Islands
TD ar-TD Africa/Ndjamena Chad
TG fr-TG Africa/Lome Togo
TH th-TH Asia/Bangkok Thailand
TJ tg-TJ Asia/Dushanbe Tajikistan
TK tkl-TK Pacific/Fakaofo Tokelau
TL pt-TL Asia/Dili Timor-Leste
TM tk-TM Asia/Ashgabat Turkmenistan
TN ar-TN Africa/Tunis Tunisia
TO to-TO Pacific/Tongatapu Tonga
TR tr-TR Europe/Istanbul Türkiye
TT en-TT America/Port_of_Spain Trinidad & Tobago
TV tvl-TV Pacific/Funafuti Tuvalu
TW zh-Hant-TW Asia/Taipei Taiwan
TZ sw-TZ Africa/Dar_es_Salaam Tanzania
UA uk-UA Europe/Kyiv,Europe/Simferopol Ukraine
UG sw-UG Africa/Kampala Uganda
US en-US America/New_York,America/Chicago,America/Denver,America/Phoenix,America/Los_Angeles,America/Anchorage,America/Adak,Pacific/Honolulu United States
UY es-UY America/Montevideo Uruguay
UZ uz-UZ Asia/Tashkent Uzbekistan
VA it-VA Europe/Vatican Vatican City
VC en-VC America/St_Vincent St. Vincent & Grenadines
VE es-VE America/Caracas Venezuela
VG en-VG America/Tortola British Virgin Islands
VI en-VI America/St_Thomas U.S. Virgin Islands
VN vi-VN Asia/Ho_Chi_Minh Vietnam
VU bi-VU Pacific/Efate Vanuatu
WF fr-WF Pacific/Wallis Wallis & Futuna
WS sm-WS Pacific/Apia Samoa
YE ar-YE Asia/Aden Yemen
YT fr-YT Indian/Mayotte Mayotte
ZA en-ZA Africa/Johannesburg South Africa
ZM en-ZM Africa/Lusaka Zambia
ZW sn-ZW Africa/Harare Zimbabwe
`;
