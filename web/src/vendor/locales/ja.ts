/** What the card says in Japanese. */

import type { Phrases } from "./phrases";

export const ja: Phrases = {
  group: "人間の確認",
  ask: "私は人間です",
  checking: "確認中…",
  verified: "確認済み",
  failed: "失敗。再試行",
  renew: "期限切れ。更新",
  expired: "期限切れ",
  forbidden: "このページでは未設定です",
  testing: "テスト専用",
};
