/** What the demo's operator sells: real weights in grams and sizes in millimetres, prices in US dollars. */
export interface Goods {
  sku: string;
  title: string;
  usd: string;
  weightG: number;
  mm: readonly [number, number, number];
  handling?: readonly string[];
  hs: string;
  origin: string;
}

const goods = (
  sku: string,
  title: string,
  usd: string,
  weightG: number,
  mm: readonly [number, number, number],
  hs: string,
  handling: readonly string[] = [],
): Goods => ({ sku, title, usd, weightG, mm, hs, origin: 'CN', handling });

/** 40 variants. */
export const GOODS: readonly Goods[] = [
  goods('LAMP-OAK', 'Desk lamp, oak foot', '34.90', 1150, [420, 180, 180], '9405.21'),
  goods('LAMP-BRASS', 'Reading lamp, brass', '49.00', 1620, [460, 200, 160], '9405.21'),
  goods('LAMP-USB', 'Clip lamp, rechargeable', '24.50', 310, [240, 90, 70], '8513.10', ['battery']),
  goods('LANTERN', 'Camping lantern, rechargeable', '29.90', 420, [180, 110, 110], '8513.10', ['battery']),
  goods('MUG-BLUE', 'Stoneware mug, blue glaze', '12.00', 380, [125, 105, 95], '6912.00', ['fragile']),
  goods('MUG-SAND', 'Stoneware mug, sand glaze', '12.00', 380, [125, 105, 95], '6912.00', ['fragile']),
  goods('BOWL-SET', 'Set of 4 bowls, stoneware', '44.00', 1980, [190, 190, 170], '6912.00', ['fragile']),
  goods('CARAFE', 'Glass carafe, 1 l', '27.50', 640, [290, 105, 105], '7013.37', ['fragile']),
  goods('BOTTLE-500', 'Steel bottle, 500 ml', '18.90', 275, [245, 72, 72], '9617.00'),
  goods('BOTTLE-750', 'Steel bottle, 750 ml', '22.90', 345, [285, 78, 78], '9617.00'),
  goods('LUNCHBOX', 'Lunch box, steel', '26.00', 520, [200, 140, 70], '7323.93'),
  goods('KNIFE-CHEF', 'Chef’s knife, 20 cm', '39.00', 245, [345, 50, 25], '8211.92'),
  goods('BOARD', 'Cutting board, acacia', '31.00', 1480, [400, 260, 25], '4419.11'),
  goods('APRON', 'Linen apron', '28.00', 330, [280, 220, 30], '6211.43'),
  goods('TOWEL-TEA', 'Tea towels, set of 3', '16.50', 240, [260, 190, 25], '6302.91'),
  goods('TOWEL-BATH', 'Bath towel, 70 x 140 cm', '24.00', 560, [340, 260, 60], '6302.60'),
  goods('THROW', 'Wool throw, 130 x 180 cm', '79.00', 940, [360, 280, 90], '6301.20'),
  goods('CUSHION', 'Cushion cover, 45 x 45 cm', '19.00', 180, [300, 240, 15], '6304.92'),
  goods('CANDLE', 'Soy candle, cedar', '21.00', 430, [95, 95, 105], '3406.00', ['fragile']),
  goods('DIFFUSER', 'Reed diffuser, 100 ml', '25.00', 360, [210, 80, 80], '3307.49', ['liquid']),
  goods('SOAP-LIQ', 'Liquid soap, 500 ml', '14.00', 590, [190, 75, 75], '3401.30', ['liquid']),
  goods('OIL-WOOD', 'Wood care oil, 250 ml', '17.00', 290, [150, 60, 60], '1515.19', ['liquid']),
  goods('NOTEBOOK', 'Notebook, A5, dotted', '13.50', 295, [212, 148, 16], '4820.10'),
  goods('PEN-BRASS', 'Ballpoint pen, brass', '22.00', 48, [142, 22, 18], '9608.10'),
  goods('PLANNER', 'Week planner, A4', '18.00', 410, [300, 214, 14], '4820.10'),
  goods('TOTE', 'Canvas tote bag', '17.50', 210, [300, 240, 20], '4202.92'),
  goods('BACKPACK', 'Day backpack, 18 l', '68.00', 720, [440, 290, 90], '4202.92'),
  goods('WALLET', 'Card wallet, leather', '29.00', 62, [105, 75, 15], '4202.31'),
  goods('BELT', 'Leather belt, 110 cm', '35.00', 190, [130, 130, 40], '4203.30'),
  goods('CAP', 'Cotton cap', '19.50', 95, [240, 170, 110], '6505.00'),
  goods('SOCKS', 'Wool socks, 3 pairs', '21.00', 230, [260, 110, 60], '6115.94'),
  goods('YOGA-MAT', 'Yoga mat, natural rubber', '59.00', 2450, [660, 130, 130], '4016.91'),
  goods('JUMP-ROPE', 'Jump rope, steel cable', '14.90', 205, [200, 140, 40], '9506.91'),
  goods('HAMMOCK', 'Travel hammock', '42.00', 610, [230, 140, 140], '6306.90'),
  goods('TENT-2P', 'Tent for two', '149.00', 2890, [480, 160, 160], '6306.22'),
  goods('CHAIR-CAMP', 'Folding chair', '74.00', 3600, [1080, 180, 150], '9401.79', ['oversize']),
  goods('POWERBANK', 'Power bank, 10,000 mAh', '32.00', 225, [145, 70, 18], '8507.60', ['battery']),
  goods('SPEAKER', 'Portable speaker', '45.00', 540, [170, 75, 75], '8518.22', ['battery']),
  goods('CLOCK', 'Wall clock, 30 cm', '38.00', 980, [330, 330, 55], '9105.21', ['fragile']),
  goods('VASE', 'Vase, recycled glass', '33.00', 1240, [280, 150, 150], '7013.99', ['fragile']),
];
