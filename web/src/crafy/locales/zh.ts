/** What the card around the challenge says in Chinese. */

import type { Phrases } from "./phrases";

export const zh: Phrases = {
  group: "人机验证",
  check: "我是人类",
  checking: "正在验证…",
  verified: "已验证",
  expired: "已过期，请重新验证",
  stale: "已过期，请刷新页面",
  failed: "验证失败，请重试",
  network: "无法连接验证服务，请重试",
  offline: "您已离线。恢复连接后将继续验证。",
  unset: "此页面尚未配置验证",
  held: "请完成此验证，随后将提交表单。",
};
