/**
 * WordPress with plugins that have the vendors' addresses built in, and the file that docs/manual/migrate.md gives it,
 * as it stands there but for our address.
 */

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { EXAMPLE, snippet } from "../harness/manual.mjs";
import { binary } from "../harness/portcullis.mjs";
import { startWordPress } from "../harness/wordpress.mjs";
import { openStage } from "./stage.mjs";

const run = promisify(execFile);
const MOVED = "mu-plugins/portcullis.php";

let stage;
let wordpress;
let moved;
/** Sites by what they are for: the same as the plugin's names. */
const sites = {};

before(async () => {
  const beside = (name) => readFile(new URL(`wordpress/${name}`, import.meta.url), "utf8");
  stage = await openStage();
  moved = await snippet("migrate.md", "php", "pre_http_request");
  assert.ok(moved.includes(`'${EXAMPLE.portcullis}'`));
  moved = moved.replaceAll(EXAMPLE.portcullis, stage.portcullis.base);
  for (const name of ["turnstile", "recaptcha", "hcaptcha", "login"]) {
    // Every page here is of 127.0.0.1; the port is not known yet.
    const light = ["--count", "10", "--difficulty", "3"];
    sites[name] = await stage.portcullis.addSite(name, "--origin", stage.pages.origin, ...light);
  }
  const keys = Object.entries(sites).map(([name, { site_key, secret_key }]) => {
    return `'${name}' => ['${site_key}', '${secret_key}']`;
  });
  wordpress = await startWordPress({
    files: {
      [MOVED]: moved,
      "plugins/forms/forms.php": await beside("forms.php"),
      "plugins/forms/forms.js": await beside("forms.js"),
    },
    plugins: ["forms/forms.php"],
    constants: { FORMS_KEYS: `[${keys}]` },
    pages: {
      turnstile: "[contact_turnstile]",
      recaptcha: "[contact_recaptcha]",
      hcaptcha: "[contact_hcaptcha]",
      thanks: "You are in.",
    },
  });
});
after(async () => {
  await wordpress?.stop();
  await stage?.stop();
});

/** Sends the form, and waits for WordPress's word. */
async function send(page, word) {
  await page.evaluate(() => {
    document.querySelector("output").value = "";
  });
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForFunction((wanted) => document.querySelector("output")?.value === wanted, word);
}

/** The token in a field, once it is none of those before. */
async function token(page, field, before = []) {
  const found = await page.waitForFunction(
    ([name, old]) => {
      const value = document.querySelector(`[name="${name}"]`)?.value;
      return value && !old.includes(value) && value;
    },
    [field, before],
  );
  return found.jsonValue();
}

const put = (page, field, value) =>
  page.evaluate(
    ([name, text]) => {
      document.querySelector(`[name="${name}"]`).value = text;
    },
    [field, value],
  );

/** The vendor's script is ours, and nothing failed in the page. */
function assertOurs(page, path) {
  const scripts = page.seen.answers.filter((one) =>
    one.url().startsWith(stage.portcullis.base + path),
  );
  assert.ok(
    scripts.some((one) => one.ok()),
    `${path} is from us`,
  );
  assert.deepEqual(page.seen.problems, []);
}

for (const [name, field, path] of [
  ["turnstile", "_turnstile_response", "/turnstile/v0/api.js"],
  ["recaptcha", "_recaptcha_response", "/recaptcha/api.js?render="],
]) {
  test(`a contact form with ${name} that is sent without leaving the page`, async () => {
    const page = await stage.visit(wordpress.pages[name]);
    const first = await token(page, field);
    await send(page, "Thank you");
    const second = await token(page, field, [first]);
    await put(page, field, first);
    await send(page, "You may be a robot");
    const third = await token(page, field, [first, second]);
    await send(page, "Thank you");
    await token(page, field, [first, second, third]);
    await put(page, field, "");
    await send(page, "You may be a robot");
    assertOurs(page, path);
  });
}

test("an ordinary form with hCaptcha", async () => {
  const field = "h-captcha-response";
  const page = await stage.visit(wordpress.pages.hcaptcha);
  await page.getByRole("checkbox").click();
  const first = await token(page, field);
  await send(page, "Thank you");
  await page.locator(`[name="${field}"]`).first().waitFor({ state: "attached" });
  await put(page, field, first);
  await send(page, "You may be a robot");
  await page.locator(`[name="${field}"]`).first().waitFor({ state: "attached" });
  await send(page, "You may be a robot");
  assertOurs(page, "/1/api.js");
});

test("hCaptcha's plugin may ask whether a key is good", async () => {
  const check = (sitekey) => wordpress.ajax({ action: "check_keys", sitekey });
  assert.equal((await check(sites.hcaptcha.site_key)).pass, true);
  const { pass, error } = await check("10000000-ffff-ffff-ffff-000000000001");
  assert.deepEqual([pass, error], [false, "there is no site with this key"]);
});

test("the log-in with reCAPTCHA v2, verified by GET", async () => {
  const fields = (response) => ({
    log: "admin",
    pwd: "password",
    redirect_to: wordpress.pages.thanks,
    "g-recaptcha-response": response,
  });
  const post = async (response) => {
    const body = new URLSearchParams(fields(response));
    const address = `${wordpress.origin}/wp-login.php`;
    return (await fetch(address, { method: "POST", body, redirect: "manual" })).status;
  };
  const to = new URLSearchParams({ redirect_to: wordpress.pages.thanks });
  const page = await stage.visit(`${wordpress.origin}/wp-login.php?${to}`);
  // WordPress puts the focus there a moment after the page came, and would put it there in the middle of typing.
  await page.locator("#user_login:focus").waitFor();
  await page.getByRole("checkbox", { name: /robot|human|Portcullis/i }).click();
  const used = await token(page, "g-recaptcha-response");
  await page.locator("#user_login").fill("admin");
  await page.locator("#user_pass").fill("password");
  await page.locator("#wp-submit").click();
  await page.getByText("You are in.").waitFor();
  assertOurs(page, "/recaptcha/api.js");
  assert.equal(await post(used), 200, "a token is good once");
  assert.equal(await post(""), 200);
});

test("the checker finds nothing of the vendors, and did before", async () => {
  const check = async (page) => {
    const words = ["check-site", page, "--portcullis", stage.portcullis.base, "--json"];
    const { stdout, code = 0 } = await run(binary(), words).catch((failed) => failed);
    return { ...JSON.parse(stdout), code };
  };
  const pages = ["turnstile", "recaptcha", "hcaptcha"].map((name) => wordpress.pages[name]);
  pages.push(`${wordpress.origin}/wp-login.php`);
  const file = join(wordpress.content, MOVED);
  for (const page of pages) {
    const { code, captchas, may_load, other_hosts } = await check(page);
    assert.deepEqual({ code, captchas, may_load }, { code: 0, captchas: [], may_load: [] }, page);
    assert.deepEqual(
      other_hosts.filter((host) => !/^(s\.w\.org)$/.test(host)),
      [],
      page,
    );
  }
  await rename(file, `${file}.off`);
  try {
    for (const page of pages) assert.equal((await check(page)).code, 1, page);
  } finally {
    await rename(`${file}.off`, file);
  }
});

test("what was asked by GET is asked by POST, with the secret out of the address", async () => {
  const script = `function add_filter($name, $act) { $GLOBALS[$name] = $act; }
    function wp_parse_args($given, $more = []) {
      if (is_string($given)) parse_str($given, $given);
      return $given + $more;
    }
    function wp_remote_post($address, $arguments) { return [$address, $arguments]; }
    require $argv[1];
    [$query, $body] = json_decode($argv[2], true);
    $address = 'https://www.google.com/recaptcha/api/siteverify' . $query;
    $arguments = ['method' => 'GET', 'timeout' => 5, 'body' => $body, 'reject_unsafe_urls' => true];
    echo json_encode($pre_http_request(false, $arguments, $address));`;
  const asked = { secret: "s&t", response: "r" };
  for (const [query, body] of [
    [`?${new URLSearchParams(asked)}`, null],
    ["?response=r", { secret: "s&t" }],
    ["", asked],
  ]) {
    const words = [join(wordpress.content, MOVED), JSON.stringify([query, body])];
    const { stdout } = await run("php", ["-r", script, "--", ...words]);
    assert.deepEqual(JSON.parse(stdout), [
      `${stage.portcullis.base}/recaptcha/api/siteverify`,
      { method: "POST", reject_unsafe_urls: false, timeout: 5, body: asked },
    ]);
  }
});

test("every address of the vendors is known, and no other", async () => {
  const same = (path) => [path, path];
  const known = {
    "https://www.google.com/recaptcha/api.js?render=explicit&ver=3.0":
      "/recaptcha/api.js?render=explicit&ver=3.0",
    "https://www.google.com/recaptcha/enterprise.js?render=k": "/recaptcha/enterprise.js?render=k",
    "//www.google.com/recaptcha/api.js": "/recaptcha/api.js",
    "http://google.com/recaptcha/api.js": "/recaptcha/api.js",
    "https://www.recaptcha.net/recaptcha/api.js": "/recaptcha/api.js",
    "https://recaptcha.net/recaptcha/api/siteverify": "/recaptcha/api/siteverify",
    "https://WWW.GOOGLE.COM/recaptcha/api/siteverify?secret=s&response=r":
      "/recaptcha/api/siteverify?secret=s&response=r",
    "https://js.hcaptcha.com/1/api.js?onload=x": "/1/api.js?onload=x",
    "https://hcaptcha.com/1/api.js": "/1/api.js",
    "https://js.hcaptcha.com/1/secure-api.js": "/1/secure-api.js",
    "https://hcaptcha.com/siteverify": "/hcaptcha/siteverify",
    "https://api.hcaptcha.com/checksiteconfig?sitekey=k": "/hcaptcha/checksiteconfig?sitekey=k",
    ...Object.fromEntries(
      [
        "/turnstile/v0/api.js",
        "/turnstile/v0/g/313d8a27/api.js?onload=x",
        "/turnstile/v0/siteverify",
      ]
        .map(same)
        .map(([path, ours]) => [`https://challenges.cloudflare.com${path}`, ours]),
    ),
  };
  const unknown = [
    "https://www.google.com/maps/api.js",
    "https://www.google.com/recaptcha/api.js.evil",
    "https://www.google.com.evil.example/recaptcha/api.js",
    "https://evil.example/?//www.google.com/recaptcha/api.js",
    "https://evilhcaptcha.com/1/api.js",
    "https://challenges.cloudflare.com/turnstile/v0/g/a/b/api.js",
    `${stage.portcullis.base}/recaptcha/api.js`,
    "/wp-includes/js/jquery/jquery.min.js?ver=3",
    "",
  ];
  const file = join(wordpress.content, MOVED);
  const script = `function add_filter() {} require $argv[1];
    echo json_encode(array_map('portcullis_address', json_decode($argv[2])));`;
  const addresses = [...Object.keys(known), ...unknown];
  const { stdout } = await run("php", ["-r", script, "--", file, JSON.stringify(addresses)]);
  const wanted = [
    ...Object.values(known).map((path) => stage.portcullis.base + path),
    ...unknown.map(() => null),
  ];
  assert.deepEqual(JSON.parse(stdout), wanted);
});
