/** What the card says in Chinese (simplified). */

import type { Phrases } from "./phrases";

export const zh: Phrases = {
  group: "真人验证",
  ask: "我是真人",
  checking: "正在验证…",
  verified: "验证成功",
  failed: "验证失败，请重试",
  renew: "已过期，请更新",
  expired: "已过期",
  forbidden: "此页面尚未配置",
  testing: "仅供测试",
};
