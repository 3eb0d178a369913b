/** What the widget says in Chinese (simplified). */

import type { Phrases } from "./phrases";

export const zh: Phrases = {
  "initial-state": "我是真人",
  "verifying-label": "正在验证…",
  "solved-label": "验证成功",
  "error-label": "验证失败，请重试",
  "required-label": "请确认您是真人",
  "troubleshooting-label": "获取帮助",
  "group-aria-label": "真人验证",
  "verifying-aria-label": "正在验证，请稍候",
  "verified-aria-label": "验证成功，您可以继续",
  "error-aria-label": "验证失败，请重试",
  "wasm-disabled": "无 WebAssembly，速度较慢",
};
