/** Pictures for the stand-in: drawn by hand, as large as the server's, with known answers. */

/** A piece that goes forward unevenly and sways. */
const path = Array.from({ length: 65 }, (_, index) => {
  const travel = index / 64;
  const forward =
    travel + 0.12 * Math.sin(Math.PI * travel) - 0.04 * Math.sin(2 * Math.PI * travel);
  return [3 + 247 * forward, 62 + 12 * Math.sin(5 * travel + 1)].map(
    (value) => Math.round(value * 100) / 100,
  );
});

/** The slider's layout, and the travel that is right. */
export const SLIDER = {
  answer: 0.625,
  layout: { width: 300, height: 180, piece: { width: 47, height: 47 }, path },
};

const numbers = [3, 5, 2, 6, 4];
const nodes = [
  [36, 34],
  [111, 38],
  [186, 32],
  [262, 37],
  [40, 91],
  [114, 88],
  [189, 93],
  [259, 90],
  [34, 146],
  [109, 149],
  [184, 145],
  [264, 148],
];

/** The connect puzzle's layout, and the pairs that are right. */
export const CONNECT = {
  answer: [
    [0, 5],
    [1, 8],
    [2, 10],
    [3, 6],
    [4, 11],
  ],
  layout: { width: 300, height: 180, nodes, pairs: 5 },
};

const scenery = (theme) => {
  const [sky, glow, hill, wood, field] =
    theme === "dark"
      ? ["#22314f", "#7a5a6e", "#2f4a4f", "#1d3330", "#3d4a2c"]
      : ["#8fc1e8", "#fbe3c0", "#7fa58f", "#4c7a5c", "#b9b46a"];
  return `<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset="1" stop-color="${glow}"/></linearGradient>
    <filter id="g"><feTurbulence baseFrequency=".9" numOctaves="2"/><feColorMatrix values="0 0 0 0 .5 0 0 0 0 .5 0 0 0 0 .5 0 0 0 .5 -.1"/></filter></defs>
    <rect width="300" height="180" fill="url(#s)"/><circle cx="226" cy="48" r="20" fill="#ffe9b0"/>
    <path d="M0 110C50 60 90 90 140 70S240 120 300 80V180H0z" fill="${hill}"/>
    <path d="M0 140C60 100 120 150 180 120S270 130 300 115V180H0z" fill="${wood}"/>
    <path d="M0 165C80 140 160 175 300 150V180H0z" fill="${field}"/>
    <rect width="300" height="180" filter="url(#g)" opacity=".35"/>`;
};

const outline = "M8 8h11a5 5 0 1 1 9 0h11v11a5 5 0 1 0 0 9v11H28a5 5 0 1 0-9 0H8z";

const picture = (width, height, content) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content}</svg>`;

/** The picture of a step. */
export function board(kind, theme, rule) {
  if (kind === "connect") return picture(300, 180, scenery(theme) + marks(rule));
  const holes = [0.3, SLIDER.answer, 0.9].map((travel) => {
    const [x, y] = path[Math.round(travel * 64)];
    return `<g transform="translate(${x} ${y})"><path d="${outline}" fill="#${travel === SLIDER.answer ? "6d8f7a" : "997b66"}" opacity=".8"/></g>`;
  });
  return picture(300, 180, scenery(theme) + holes.join(""));
}

/** The picture of a slider's piece: what its hole shows. */
export function piece(_kind, theme) {
  const [x, y] = path[Math.round(SLIDER.answer * 64)];
  const inside = `<clipPath id="c"><path d="${outline}"/></clipPath><g clip-path="url(#c)"><g transform="translate(${-x} ${-y})">${scenery(theme)}</g></g><path d="${outline}" fill="none" stroke="#fff" stroke-width="1.2"/>`;
  return picture(47, 47, inside);
}

function marks(rule) {
  const show = nodes.map(() => "");
  const text = (words) =>
    `<text text-anchor="middle" y="8" font-family="Georgia, serif" font-size="23" font-weight="700" fill="#16202c">${words}</text>`;
  CONNECT.answer.forEach(([one, other], pair) => {
    const number = numbers[pair];
    show[one] = text(rule === "same_shape" ? "◆♣☂☀⚓"[pair] : number);
    show[other] = rule === "same_shape" ? show[one] : dots(number);
  });
  show[7] = text(rule === "same_shape" ? "♞" : 9);
  show[9] = rule === "same_shape" ? text("✿") : dots(7);
  return nodes
    .map(
      ([x, y], index) =>
        `<g transform="translate(${x} ${y}) rotate(${((index * 37) % 30) - 15})"><circle r="19" fill="#fff" opacity=".82"/>${show[index]}</g>`,
    )
    .join("");
}

function dots(count) {
  const at = (index) => [((index % 3) - 1) * 8, (Math.floor(index / 3) - 1) * 8];
  return Array.from({ length: count }, (_, index) => {
    const [x, y] = at(index);
    return `<circle cx="${x}" cy="${y}" r="3" fill="#16202c"/>`;
  }).join("");
}
