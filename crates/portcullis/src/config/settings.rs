//! The one table of every setting.

/// One setting: its place in the file, and what the reference says of it.
#[derive(Debug)]
pub(super) struct Setting {
    /// The section's name.
    pub(super) section: &'static str,
    /// The name within the section.
    pub(super) key: &'static str,
    /// How a text from the environment is read.
    pub(super) kind: Kind,
    /// What it may be, for people.
    pub(super) allowed: &'static str,
    /// What it is for.
    pub(super) about: &'static str,
}

/// How a text from the environment is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As it stands.
    Text,
    /// As it stands, and never shown.
    Secret,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Switch,
    /// Texts with commas between them.
    List,
}

impl Setting {
    /// The name of its environment variable.
    pub(super) fn variable(&self) -> String {
        format!("PORTCULLIS_{}_{}", self.section, self.key).to_ascii_uppercase()
    }
}

/// A section's name and what it is about.
pub(super) const SECTIONS: [(&str, &str); 10] = [
    ("server", "Where the server listens, and for whom."),
    ("store", "How data is kept."),
    (
        "site_defaults",
        "What holds for every site that says nothing else. `portcullis site set` changes one site.",
    ),
    ("limits", "How often one visitor may ask: an IPv4 address, or the /64 of an IPv6 address."),
    ("cap", "The Cap door."),
    ("siteverify", "The siteverify doors."),
    ("astracaph", "The AstraCaph door."),
    (
        "addresses",
        "Where facts about visitors' addresses come from. See [addresses.md](manual/addresses.md).",
    ),
    (
        "turnstile",
        "How Cloudflare is asked about visitors of sites with Turnstile keys. See [turnstile.md](manual/turnstile.md).",
    ),
    ("log", "What is logged, and how. See [LOGGING.md](LOGGING.md)."),
];

/// A variable of the environment that is no setting of the file, and what it is for.
pub(super) const VARIABLES: [(&str, &str); 6] = [
    ("PORTCULLIS_LISTEN", "As `--listen`; wins over `PORTCULLIS_SERVER_LISTEN`."),
    ("PORTCULLIS_DATA", "As `--data`: the folder that holds everything the server keeps."),
    ("PORTCULLIS_CONFIG", "As `--config`: the configuration file."),
    ("PORTCULLIS_DEV", "`1` is as `--dev`."),
    (
        "PORTCULLIS_MASTER_KEY",
        "The key that secrets are sealed under, 64 hex digits. Where it is unset, `master.key` in the data folder holds it.",
    ),
    (
        "PORTCULLIS_TURNSTILE_API_TOKEN",
        "The token of Cloudflare's API for `site turnstile-sync`, which otherwise reads it from standard input.",
    ),
];

/// Every setting, in the order of the reference.
pub(super) const SETTINGS: [Setting; 44] = [
    Setting {
        section: "server",
        key: "listen",
        kind: Kind::Text,
        allowed: "an address and a port",
        about: "The address to listen on. Port 0 takes any free one.",
    },
    Setting {
        section: "server",
        key: "public_url",
        kind: Kind::Text,
        allowed: "a URL",
        about: "The address under which visitors reach the server, for what `site add` prints and for ALTCHA's widget. Unset: the address it listens on.",
    },
    Setting {
        section: "server",
        key: "trusted_proxies",
        kind: Kind::List,
        allowed: "addresses and networks",
        about: "The proxies in front. Only their `X-Forwarded-For` and `Forwarded` headers are believed.",
    },
    Setting {
        section: "server",
        key: "max_connections",
        kind: Kind::Number,
        allowed: "1 to 1000000",
        about: "Connections served at the same time; further ones wait. Never more than the system lets the process have files.",
    },
    Setting {
        section: "store",
        key: "durability",
        kind: Kind::Text,
        allowed: "`process-death`, `power-loss`",
        about: "What an answer outlives. `power-loss` waits for the disk at every commit; with `process-death` a token spent in the last moments before a power cut could be spent again until it expires.",
    },
    Setting {
        section: "store",
        key: "upstash_url",
        kind: Kind::Text,
        allowed: "a URL",
        about: "A Redis behind Upstash's REST interface, which then keeps spent tokens, limits and attempts, so that several servers share them. Unset: the database does. Also `UPSTASH_REDIS_REST_URL`.",
    },
    Setting {
        section: "store",
        key: "upstash_token",
        kind: Kind::Secret,
        allowed: "a text",
        about: "What opens it. Also `UPSTASH_REDIS_REST_TOKEN`.",
    },
    Setting {
        section: "site_defaults",
        key: "cap_challenge",
        kind: Kind::Text,
        allowed: "`salted`, `seeded`",
        about: "The form of challenges. Seeded ones can be looked up in a table; they are for clients that read no other form.",
    },
    Setting {
        section: "site_defaults",
        key: "difficulty",
        kind: Kind::Number,
        allowed: "1 to 8",
        about: "Leading hex digits that must match. One more is sixteen times the work.",
    },
    Setting {
        section: "site_defaults",
        key: "count",
        kind: Kind::Number,
        allowed: "1 to 500",
        about: "Puzzles per challenge.",
    },
    Setting {
        section: "site_defaults",
        key: "salt_size",
        kind: Kind::Number,
        allowed: "1 to 44",
        about: "Length of each salt in hex digits.",
    },
    Setting {
        section: "site_defaults",
        key: "challenge_ttl",
        kind: Kind::Number,
        allowed: "10 to 7200",
        about: "Seconds that a challenge may take to solve.",
    },
    Setting {
        section: "site_defaults",
        key: "token_ttl",
        kind: Kind::Number,
        allowed: "1 to 86399",
        about: "Seconds that a token may wait for its verification.",
    },
    Setting {
        section: "limits",
        key: "enabled",
        kind: Kind::Switch,
        allowed: "`true`, `false`",
        about: "Whether visitors are limited at all.",
    },
    Setting {
        section: "limits",
        key: "challenges_per_minute",
        kind: Kind::Number,
        allowed: "1 to 1000000",
        about: "Challenges per minute and site that cost the ordinary work. Beyond them the work rises.",
    },
    Setting {
        section: "limits",
        key: "challenge_burst",
        kind: Kind::Number,
        allowed: "1 to 1000000",
        about: "How many of them may come at once.",
    },
    Setting {
        section: "limits",
        key: "refuse_at",
        kind: Kind::Number,
        allowed: "2 to 1000",
        about: "At how many times the quota challenges are refused.",
    },
    Setting {
        section: "limits",
        key: "wrong_secrets_per_minute",
        kind: Kind::Number,
        allowed: "1 to 1000000",
        about: "Wrong secrets per minute at siteverify; half of that may come at once.",
    },
    Setting {
        section: "limits",
        key: "passes_per_five_minutes",
        kind: Kind::Number,
        allowed: "1 to 1000000",
        about: "Wishes for a pass at the AstraCaph door, per five minutes and visitor; all of them may come at once.",
    },
    Setting {
        section: "limits",
        key: "refused_passes_per_five_minutes",
        kind: Kind::Number,
        allowed: "1 to 1000000",
        about: "Passes refused at verification, per five minutes and caller.",
    },
    Setting {
        section: "limits",
        key: "origin_passes_per_minute",
        kind: Kind::Number,
        allowed: "1 to 1000000",
        about: "Wishes for a pass of the open site that one origin may make per minute at the ordinary work. Beyond it the work doubles; nothing is refused.",
    },
    Setting {
        section: "limits",
        key: "registrations_per_hour",
        kind: Kind::Number,
        allowed: "1 to 1000",
        about: "Sites that one visitor may register per hour. Domains are proved as often; a third more may be given up.",
    },
    Setting {
        section: "limits",
        key: "registered_sites",
        kind: Kind::Number,
        allowed: "1 to 100000",
        about: "Sites that their owners registered and there may be at a time, and as many again whose domain is proved.",
    },
    Setting {
        section: "cap",
        key: "default_site",
        kind: Kind::Text,
        allowed: "a site key",
        about: "The site that answers at `/cap/challenge` and `/cap/redeem`. Unset: the oldest site that lists an origin.",
    },
    Setting {
        section: "siteverify",
        key: "test_keys",
        kind: Kind::Switch,
        allowed: "`true`, `false`",
        about: "Whether the vendors' published test keys are accepted. They let everybody pass.",
    },
    Setting {
        section: "astracaph",
        key: "open",
        kind: Kind::Switch,
        allowed: "`true`, `false`",
        about: "Whether there is an open site, which pages of any origin use without a key.",
    },
    Setting {
        section: "astracaph",
        key: "token_secret",
        kind: Kind::Secret,
        allowed: "32 or more characters",
        about: "What the door's tokens are signed with. Unset: derived from the master key. Also `ASTRACAPH_TOKEN_SECRET`.",
    },
    Setting {
        section: "astracaph",
        key: "open_secret",
        kind: Kind::Secret,
        allowed: "32 or more characters",
        about: "The secret key of the open site. Unset: one is made. Also `ASTRACAPH_OPEN_SECRET`.",
    },
    Setting {
        section: "astracaph",
        key: "sites",
        kind: Kind::Secret,
        allowed: "a JSON array of `{name, siteKey, secret, origins}`",
        about: "Sites to be there from the start. Also `ASTRACAPH_SITE_CONFIG`.",
    },
    Setting {
        section: "astracaph",
        key: "verifiers",
        kind: Kind::List,
        allowed: "addresses and networks",
        about: "Who may verify tokens at this door. Unset: everybody. Also `VERIFY_TRUSTED_IPS`.",
    },
    Setting {
        section: "astracaph",
        key: "registration",
        kind: Kind::Text,
        allowed: "`open`, `token`, `off`",
        about: "Who may register sites at `/api/v1/sites`.",
    },
    Setting {
        section: "astracaph",
        key: "registration_token",
        kind: Kind::Secret,
        allowed: "32 or more characters",
        about: "What whoever registers a site must send as a bearer token, where `registration` is `token`.",
    },
    Setting {
        section: "addresses",
        key: "providers",
        kind: Kind::List,
        allowed: "`ipapi.is`, `ipapi.co`, `ipwho.is`; `NAME=URL` for another address of one",
        about: "HTTP providers that are asked about visitors. Each tells a third party the addresses of your visitors; none is asked unless it stands here.",
    },
    Setting {
        section: "addresses",
        key: "budget_ms",
        kind: Kind::Number,
        allowed: "0 to 5000",
        about: "Milliseconds that a visitor may wait for providers and the name server. Who does not answer in time counts as knowing nothing.",
    },
    Setting {
        section: "addresses",
        key: "provider_timeout_ms",
        kind: Kind::Number,
        allowed: "100 to 10000",
        about: "Milliseconds that a provider may take in the background.",
    },
    Setting {
        section: "addresses",
        key: "crawlers",
        kind: Kind::Switch,
        allowed: "`true`, `false`",
        about: "Whether visitors that claim to be search engines are looked up at the name server, which proves it.",
    },
    Setting {
        section: "addresses",
        key: "reload_secs",
        kind: Kind::Number,
        allowed: "1 to 3600",
        about: "How often the files in `ipdata/` of the data folder are looked at, in seconds.",
    },
    Setting {
        section: "addresses",
        key: "lists",
        kind: Kind::List,
        allowed: "`default`, the name of a public list, or `NAME=URL`",
        about: "Lists that the server fetches into `ipdata/` by itself. `default` are those of `portcullis ipdata update`.",
    },
    Setting {
        section: "addresses",
        key: "lists_refresh_secs",
        kind: Kind::Number,
        allowed: "600 to 2592000",
        about: "The age at which they are fetched anew, in seconds.",
    },
    Setting {
        section: "turnstile",
        key: "siteverify_url",
        kind: Kind::Text,
        allowed: "a URL; `https` unless it is this machine",
        about: "Where tokens are verified.",
    },
    Setting {
        section: "turnstile",
        key: "api_url",
        kind: Kind::Text,
        allowed: "a URL; `https` unless it is this machine",
        about: "Where `site turnstile-sync` finds Cloudflare's API.",
    },
    Setting {
        section: "turnstile",
        key: "timeout_ms",
        kind: Kind::Number,
        allowed: "100 to 5000",
        about: "Milliseconds that a visitor may wait for Turnstile's opinion. None by then is no opinion.",
    },
    Setting {
        section: "log",
        key: "level",
        kind: Kind::Text,
        allowed: "`error`, `warn`, `info`, `debug`, `trace`",
        about: "The least level that is written.",
    },
    Setting {
        section: "log",
        key: "format",
        kind: Kind::Text,
        allowed: "`text`, `json`",
        about: "How a line looks.",
    },
];

/// Variables that the doors' originals read, and the settings that they stand for. The setting's own wins.
pub(super) const ALIASES: [(&str, &str, &str); 6] = [
    ("ASTRACAPH_TOKEN_SECRET", "astracaph", "token_secret"),
    ("ASTRACAPH_OPEN_SECRET", "astracaph", "open_secret"),
    ("ASTRACAPH_SITE_CONFIG", "astracaph", "sites"),
    ("UPSTASH_REDIS_REST_URL", "store", "upstash_url"),
    ("UPSTASH_REDIS_REST_TOKEN", "store", "upstash_token"),
    ("VERIFY_TRUSTED_IPS", "astracaph", "verifiers"),
];
