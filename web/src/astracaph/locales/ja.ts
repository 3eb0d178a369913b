/** What the AstraCaph card says in Japanese. */

import type { Phrases } from "./phrases";

export const ja: Phrases = {
  group: "人間であることの確認",
  checking: "確認中…",
  verified: "確認済み",
  step: "あと1ステップ",
  confirm: "私は人間です",
  hold: "長押ししてください",
  holdHint: "または1回タップで開始、もう1回で完了",
  holding: "そのまま押し続けて…",
  finish: "タップして完了",
  tooShort: "短すぎます。もう一度お試しください",
  network: "確認サーバーに接続できません",
  rejected: "確認できませんでした",
  limited: "試行回数が多すぎます",
  again: "{time}後にもう一度お試しください",
  forbidden: "このページは確認用に設定されていません",
  retry: "もう一度",
};
