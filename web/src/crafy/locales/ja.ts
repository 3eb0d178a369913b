/** What the card around the challenge says in Japanese. */

import type { Phrases } from "./phrases";

export const ja: Phrases = {
  group: "人間であることの確認",
  check: "私は人間です",
  checking: "確認中…",
  verified: "確認済み",
  expired: "期限切れです。もう一度確認",
  stale: "期限切れです。ページを再読み込みしてください",
  failed: "失敗しました。もう一度",
  network: "確認サーバーに接続できません。もう一度",
  offline: "オフラインです。接続が戻ると確認を続けます。",
  unset: "このページは確認用に設定されていません",
  held: "この確認を完了してください。その後フォームが送信されます。",
};
