/**
 * What the browser says about itself. Read once per page: it does not change,
 * and drawing costs a few milliseconds.
 */

import { automationTraces } from "./automation";

/** The facts, named as the protocol names them. */
export interface Fingerprint {
  userAgent: string;
  language: string;
  timezone: string;
  platform: string;
  webdriver: boolean;
  canvas: string;
  webglVendor: string;
  webglRenderer: string;
  screen: { width: number; height: number; pixelRatio: number };
  hardwareConcurrency?: number;
  deviceMemory?: number;
  touchPoints?: number;
  automation: string[];
}

/** Reads the browser, once. What a browser hides is empty or absent. */
export function fingerprint(): Fingerprint {
  facts ??= read();
  return facts;
}

function read(): Fingerprint {
  const { userAgent, language, hardwareConcurrency, maxTouchPoints } = navigator;
  const { platform, deviceMemory } = navigator as { platform?: string; deviceMemory?: number };
  const [webglVendor, webglRenderer] = quietly(graphics, ["", ""]);
  return {
    userAgent: userAgent.slice(0, TEXT_MAX),
    language: language ?? "",
    timezone: quietly(() => Intl.DateTimeFormat().resolvedOptions().timeZone ?? "", ""),
    platform: platform ?? "",
    webdriver: navigator.webdriver === true,
    canvas: quietly(drawing, ""),
    webglVendor,
    webglRenderer,
    screen: { width: screen.width, height: screen.height, pixelRatio: devicePixelRatio },
    ...(hardwareConcurrency && { hardwareConcurrency }),
    ...(deviceMemory && { deviceMemory }),
    touchPoints: maxTouchPoints ?? 0,
    automation: quietly(automationTraces, []),
  };
}

/** A digest of letters, curves and blended colours, which graphics stacks draw a little differently. */
function drawing(): string {
  const canvas = document.createElement("canvas");
  canvas.width = 240;
  canvas.height = 48;
  const pen = canvas.getContext("2d");
  if (!pen) return "";
  const shade = pen.createLinearGradient(0, 0, 240, 0);
  shade.addColorStop(0, "#3a6");
  shade.addColorStop(1, "#c3a");
  pen.fillStyle = shade;
  pen.fillRect(0, 8, 190, 24);
  pen.globalCompositeOperation = "multiply";
  pen.fillStyle = "#fd7b";
  pen.arc(150, 24, 21, 0, 5.4);
  pen.fill("evenodd");
  pen.globalCompositeOperation = "source-over";
  pen.font = "17px Georgia, 'Noto Serif', serif";
  pen.fillStyle = "#124";
  pen.fillText("Gate 7 ↟ ﬁrst “œuvre” 🏰", 3.3, 30.7);
  return digest(canvas.toDataURL());
}

function graphics(): [vendor: string, renderer: string] {
  const gl = document.createElement("canvas").getContext("webgl");
  if (!gl) return ["", ""];
  const named = gl.getExtension("WEBGL_debug_renderer_info");
  const value = (unmasked: number | undefined, masked: number) =>
    String(gl.getParameter(unmasked ?? masked) ?? "").slice(0, TEXT_MAX);
  const answer: [string, string] = [
    value(named?.UNMASKED_VENDOR_WEBGL, gl.VENDOR),
    value(named?.UNMASKED_RENDERER_WEBGL, gl.RENDERER),
  ];
  // Browsers allow a page few contexts, and it may need them itself.
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return answer;
}

/**
 * 16 hex digits that tell texts apart: FNV-1a from two offsets. Not for
 * security; `crypto.subtle` is missing on plain http.
 */
export function digest(text: string): string {
  let first = 0x811c9dc5;
  let second = 0x5bd1e995;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    first = Math.imul(first ^ code, 0x01000193);
    second = Math.imul(second ^ (code + at), 0x01000193);
  }
  return [first, second].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}

function quietly<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}

let facts: Fingerprint | undefined;
const TEXT_MAX = 512;
