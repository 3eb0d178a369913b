/**
 * A real WordPress: Debian's package over a MariaDB of its own, served by PHP's own server on the loopback, in a folder
 * that goes with the test.
 */

import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where Debian puts it. */
const PACKAGE = "/usr/share/wordpress";

/**
 * Installs and starts it. The administrator is `admin`, with the password `password`.
 *
 * @param files     in `wp-content`: path and text
 * @param plugins   which of them are plugins to be active, as `folder/file.php`
 * @param constants for `wp-config.php`: names and PHP expressions
 * @param pages     contents of pages, by name
 */
export async function startWordPress({ files, plugins, constants, pages }) {
  if (!existsSync(PACKAGE)) throw new Error("install the Debian package wordpress");
  const folder = await mkdtemp(join(tmpdir(), "portcullis-wordpress-"));
  const started = [];
  const stop = async () => {
    for (const end of started.reverse()) await end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const root = join(folder, "root");
    // The files must be copied: PHP finds a link's neighbours where the link leads to.
    const copied = run("cp", ["-rL", PACKAGE, root]);
    const socket = await startDatabase(folder, started);
    await copied;
    const port = await freePort();
    const origin = `http://127.0.0.1:${port}`;
    const written = { ...files, ...theme, "mu-plugins/quiet.php": QUIET };
    for (const [path, text] of Object.entries(written)) {
      const file = join(root, "wp-content", path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await writeFile(join(root, "wp-config.php"), configuration(socket, origin, constants));
    const addresses = await install(root, plugins, pages);
    await startServer(root, port, started);
    return new WordPress(origin, root, addresses, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

class WordPress {
  constructor(origin, root, addresses, stop) {
    /** Where it is served. */
    this.origin = origin;
    /** The addresses of the pages, by name. */
    this.pages = addresses;
    /** Its folder of plugins, themes and the like. */
    this.content = join(root, "wp-content");
    /** Ends all of it. */
    this.stop = stop;
  }

  /** What it answers to a call without a page: `admin-ajax.php`. */
  async ajax(fields) {
    const response = await fetch(
      `${this.origin}/wp-admin/admin-ajax.php?${new URLSearchParams(fields)}`,
    );
    return response.json();
  }
}

/** A database that only a socket in this folder leads to. */
async function startDatabase(folder, started) {
  const data = join(folder, "database");
  const socket = join(folder, "database.sock");
  const owner = [`--datadir=${data}`, `--user=${userInfo().username}`];
  const quick = ["--innodb-log-file-size=4M", "--innodb-buffer-pool-size=8M"];
  await run("mariadb-install-db", [
    "--no-defaults",
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--skip-name-resolve",
    ...owner,
    ...quick,
  ]);
  const server = own("/usr/sbin/mariadbd", [
    "--no-defaults",
    "--skip-networking",
    "--skip-grant-tables",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-log-bin",
    `--socket=${socket}`,
    `--pid-file=${join(folder, "database.pid")}`,
    ...owner,
    ...quick,
  ]);
  started.push(server.end);
  await until("the database", server, () => existsSync(socket));
  const create =
    "$link = new mysqli(null, 'root', '', '', 0, $argv[1]); $link->query('CREATE DATABASE wordpress');";
  await run("php", ["-r", create, "--", socket]);
  return socket;
}

/** Makes tables, administrator and pages; the addresses of the pages. */
async function install(root, plugins, pages) {
  const script = `
    define('WP_INSTALLING', true);
    $_SERVER['HTTP_HOST'] = '127.0.0.1';
    function wp_new_blog_notification() {}
    function wp_install_defaults() {}
    require $argv[1] . '/wp-load.php';
    require ABSPATH . 'wp-admin/includes/upgrade.php';
    [$plugins, $pages] = json_decode($argv[2], true);
    wp_install('Shop', 'admin', 'admin@example.com', false, '', 'password');
    update_option('active_plugins', $plugins);
    update_option('template', 'plain');
    update_option('stylesheet', 'plain');
    update_option('show_avatars', 0);
    foreach ($pages as $name => $content) {
        $page = ['post_type' => 'page', 'post_status' => 'publish', 'post_title' => $name, 'post_content' => $content];
        $pages[$name] = home_url('/?page_id=' . wp_insert_post($page));
    }
    echo "\\n", json_encode($pages);`;
  const { stdout } = await run("php", ["-r", script, "--", root, JSON.stringify([plugins, pages])]);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

async function startServer(root, port, started) {
  const server = own("php", ["-d", "display_errors=0", "-S", `127.0.0.1:${port}`, "-t", root]);
  started.push(server.end);
  await until(
    "PHP's server",
    server,
    async () => (await fetch(`http://127.0.0.1:${port}/readme.html`)).ok,
  );
}

/**
 * Starts a server that ends with this process, however that ends: a shell waits until nobody holds its input any more.
 */
function own(command, words) {
  const script = '"$@" <&- & server=$!; read -r _; kill "$server"; wait "$server"';
  const shell = spawn("sh", ["-c", script, "sh", command, ...words], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let log = "";
  for (const output of [shell.stdout, shell.stderr]) {
    output.on("data", (text) => {
      log = (log + text).slice(-4000);
    });
  }
  const ended = new Promise((resolve) => shell.on("close", resolve));
  return {
    log: () => log,
    end() {
      shell.stdin.end();
      return ended;
    },
  };
}

/** Waits until a server does what it is there for. */
async function until(name, server, isReady) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    if (await Promise.resolve(isReady()).catch(() => false)) return;
    if (Date.now() > deadline) throw new Error(`${name} did not start:\n${server.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A port that nobody listens on just now. */
async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Nothing is asked of other machines, whatever a plugin forgets. */
const configuration = (socket, origin, constants) => `<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:${socket}');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', '${origin}');
define('WP_SITEURL', '${origin}');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('DISABLE_WP_CRON', true);
${Object.entries(constants)
  .map(([name, value]) => `define('${name}', ${value});`)
  .join("\n")}
$table_prefix = 'wp_';
define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`;

/** WordPress's own questions to other machines: pictures for signs of the text. */
const QUIET = `<?php
remove_action('wp_head', 'print_emoji_detection_script', 7);
remove_action('login_head', 'print_emoji_detection_script', 7);
`;

/** The package has no theme. */
const theme = {
  "themes/plain/style.css": "/*\nTheme Name: Plain\n*/\n",
  "themes/plain/index.php": `<!doctype html><html <?php language_attributes(); ?>><head><title>A page</title>
<?php wp_head(); ?></head><body><?php
while (have_posts()) { the_post(); the_content(); }
wp_footer(); ?></body></html>
`,
};
