/** What the widget says in Japanese. */

import type { Phrases } from "./phrases";

export const ja: Phrases = {
  "initial-state": "私は人間です",
  "verifying-label": "確認中…",
  "solved-label": "確認済み",
  "error-label": "失敗。再試行",
  "required-label": "人間であることを確認してください",
  "troubleshooting-label": "ヘルプ",
  "group-aria-label": "人間の確認",
  "verifying-aria-label": "確認中です。お待ちください",
  "verified-aria-label": "確認しました。続行できます",
  "error-aria-label": "確認に失敗しました。もう一度お試しください",
  "wasm-disabled": "WebAssembly なしで低速",
};
