/**
 * What the shop sells, read out of product names: the data has capital letters and no categories. The first category
 * with one of its words in the name wins, so the order is part of the table.
 */

/** Whole words, singular; a plural in -s or -es counts too. */
const keywordTable: readonly (readonly [category: string, words: string])[] = [
  [
    "Christmas",
    "christmas xmas advent santa reindeer snowman snowflake nativity bauble holly mistletoe noel sleigh robin",
  ],
  ["Easter", "easter chick bunny"],
  ["Bags & purses", "bag handbag purse shopper wallet luggage tote washbag umbrella rucksack satchel"],
  ["Party", "party bunting garland birthday invite honeycomb streamer confetti fan"],
  ["Cards & wrapping", "card wrap ribbon tissue tag envelope postcard sticker notecard rosette"],
  [
    "Jewellery",
    "necklace bracelet earring bangle ring brooch pendant hair hairclip jewel jewellery charm bead tiara anklet choker",
  ],
  [
    "Candles & lights",
    "candle t-light candleholder lantern light lamp lampshade chandelier incense votive candlestick scent scented",
  ],
  ["Baking", "baking cake cupcake muffin whisk mould cookie bake cases pudding rolling flour"],
  [
    "Craft & stationery",
    "pencil pen notebook sewing craft felt feltcraft knitting sketchbook book rubber eraser ruler tape stencil album " +
      "diary calendar magnet chalk wool notepad stamp scissor organiser journal",
  ],
  [
    "Kitchen & dining",
    "mug cup plate bowl teapot tea coffee kitchen cutlery jug glass napkin apron tray coaster placemat oven jar pantry " +
      "spice egg saucer tableware lunch snack bottle flask tin biscuit milk butter sugar pan recipe chopstick spoon doily " +
      "doiley platter dish food cocktail goblet tumbler jam beaker salt",
  ],
  [
    "Garden",
    "garden parasol watering plant planter flowerpot bird greenhouse herb seed gardener trowel birdhouse birdcage spade " +
      "windmill wheelbarrow gnome pot picnic thermometer",
  ],
  [
    "Toys & games",
    "toy game doll jigsaw puzzle playing skittle marble teddy babushka dominoes spinning skipping ludo dinosaur soldier " +
      "spaceboy circus childrens childs child kid magic balloon bubble piggy dolly yoyo kite",
  ],
  [
    "Home textiles",
    "cushion quilt towel curtain throw blanket rug cosy cover tablecloth flannel slipper pillow fabric runner bedspread " +
      "hottie warmer doormat",
  ],
  [
    "Storage",
    "box basket drawer storage cabinet shelf rack hanger hook crate tidy holder bin wardrobe chest tub bucket stand " +
      "cupboard suitcase trunk knob peg key",
  ],
  ["Bathroom", "bathroom soap bath shower toilet loofah sponge toothbrush"],
  [
    "Clocks, frames & mirrors",
    "clock frame mirror photo picture wall sign metal plaque art canvas print tile chalkboard blackboard letter number",
  ],
];
export const otherCategory = "Home decoration";

const categoryByWord = new Map<string, string>();
for (const [category, words] of keywordTable)
  for (const word of words.split(" ")) if (!categoryByWord.has(word)) categoryByWord.set(word, category);
const orderOf = new Map([...keywordTable.map(([category], index) => [category, index] as const)]);

/** The category of a product by its name. */
export function categoryOf(name: string): string {
  let found: string | null = null;
  for (const word of name.toLowerCase().split(/[^a-z'-]+/)) {
    const category = [word, word.replace(/s$/, ""), word.replace(/es$/, "")]
      .map((each) => categoryByWord.get(each))
      .find(Boolean);
    if (category && (found === null || (orderOf.get(category) ?? 0) < (orderOf.get(found) ?? 0))) found = category;
  }
  return found ?? otherCategory;
}

/** Codes of goods begin with five digits; the rest are postage, discounts, bank charges and corrections. */
export const isGoods = (sku: string): boolean => /^\d{5}/.test(sku);

/** Words that keep a capital letter inside a name. */
const properNames = new Set(
  (
    "christmas easter halloween valentine valentines london paris french english british danish swedish scandinavian japanese " +
    "chinese indian moroccan turkish russian swiss american spanish italian venetian edwardian victorian georgian arabian " +
    "charlotte lola charlie suki morris murano boudicca jack santa noel england france scotland union sally josephine " +
    "monte carlo la palmiera i england's xmas oxford sweden madras billboard dolly tokyo camden brazilian hawaiian africa"
  ).split(" "),
);
const initials = new Set(["tv", "diy", "cd", "led", "dvd", "a4", "a5", "a6", "3d", "uk", "usb", "abc", "rsa", "nyc"]);

/** "WHITE HANGING HEART T-LIGHT HOLDER" reads as "White hanging heart T-light holder". */
export function readableName(raw: string): string {
  const text = raw
    .trim()
    .replace(/\bS\/(\d)/gi, "Set of $1")
    .replace(/\bSET\/(\d)/gi, "Set of $1")
    .replace(/\bW\/\s*/gi, "with ")
    .replace(/\s+,\s*|,\s*(?=\S)/g, ", ")
    .replace(/[\s,.]+$/, "")
    .replace(/\s+/g, " ");
  const words = text.split(" ").map(wordCase).join(" ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function wordCase(word: string): string {
  const lower = word.toLowerCase();
  const bare = lower.replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  if (initials.has(bare)) return word.toUpperCase();
  if (/^"[a-z]"$/.test(lower) || lower.startsWith("t-light"))
    return lower.replace(/[a-z]/, (letter) => letter.toUpperCase());
  if (properNames.has(bare)) return lower.replace(/[a-z]/, (letter) => letter.toUpperCase());
  return lower;
}
