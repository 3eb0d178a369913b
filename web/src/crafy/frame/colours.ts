/** The page's own colours, put where the style sheet looks for them. */

/** Sets each colour that is one, and an ink that can be read on the primary one. */
export function paint(root: HTMLElement, colours: Readonly<Record<string, string>>): void {
  for (const [name, colour] of Object.entries(colours)) {
    if (typeof colour !== "string" || !colour || !CSS.supports("color", colour)) continue;
    root.style.setProperty(`--page-${name}`, colour);
    if (name === "primary") root.style.setProperty("--page-primary-ink", inkOn(colour));
  }
}

/** Black or white, whichever stands out more from a colour (WCAG 2.2, relative luminance). */
function inkOn(colour: string): string {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d");
  if (!pen) return "#fff";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue] = [...pen.getImageData(0, 0, 1, 1).data].map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > EVEN ? "#0d1320" : "#fff";
}

// The luminance that is as far from black as from white: sqrt(1.05 * 0.05) - 0.05.
const EVEN = 0.179;
