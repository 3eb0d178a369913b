//! What a page names: read with the tokenizer that the HTML standard describes.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use super::Address;

/// A page, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) resources: Vec<Resource>,
    pub(super) inline_scripts: Vec<String>,
    /// Of its `meta` elements.
    pub(super) policies: Vec<String>,
    /// Whether a script of ours puts a frame of this server into it.
    pub(super) has_frame_of_ours: bool,
}

/// Something that the page loads, or asks.
#[derive(Debug)]
pub(super) struct Resource {
    pub(super) address: Address,
    pub(super) is_for: Use,
    /// The `nonce` attribute.
    pub(super) nonce: Option<String>,
}

/// What a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Script,
    /// A module that another will import, loaded ahead.
    Preload,
    /// A host alone, looked up or connected to ahead: of the address, browsers read no more.
    Connection,
    /// Where a widget of ALTCHA's gets its challenges.
    Challenge,
    /// A frame, a picture, a style sheet.
    Other,
}

impl Use {
    /// What a `link` is for, by its `rel` attribute.
    fn of_link(relations: &str) -> Self {
        let has = |name| relations.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(name));
        if has("modulepreload") {
            Self::Preload
        } else if has("preconnect") || has("dns-prefetch") {
            Self::Connection
        } else {
            Self::Other
        }
    }
}

impl Page {
    /// Reads a page that was found at `address`.
    pub(super) fn read(text: &str, address: &Address) -> Self {
        let mut page = Self::default();
        let mut base = address.clone();
        let mut script: Option<String> = None;
        // Otherwise what stands in a script would be taken for elements.
        let mut tokens = DefaultEmitter::<()>::default();
        tokens.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(text, tokens) {
            match token {
                Token::StartTag(tag) => {
                    let attribute = |name: &str| text_of(&tag, name);
                    match &**tag.name {
                        b"base" => base = attribute("href").and_then(|href| base.join(&href)).unwrap_or(base),
                        b"script" if attribute("src").is_none() => script = Some(String::new()),
                        b"meta" => {
                            let names = attribute("http-equiv").unwrap_or_default();
                            if names.eq_ignore_ascii_case("content-security-policy") {
                                page.policies.extend(attribute("content"));
                            }
                        }
                        _ => {}
                    }
                    page.note(&tag, &base);
                }
                Token::String(text) => {
                    if let Some(script) = &mut script {
                        script.push_str(&String::from_utf8_lossy(&text));
                    }
                }
                Token::EndTag(tag) if &**tag.name == b"script" => page.inline_scripts.extend(script.take()),
                _ => {}
            }
        }
        page.inline_scripts.extend(script);
        page
    }

    fn note(&mut self, tag: &StartTag<()>, base: &Address) {
        let (attributes, is_for) = match &**tag.name {
            b"script" => (&["src"][..], Use::Script),
            b"iframe" | b"img" => (&["src"][..], Use::Other),
            b"link" => (&["href"][..], Use::of_link(&text_of(tag, "rel").unwrap_or_default())),
            b"altcha-widget" => (&CHALLENGES[..], Use::Challenge),
            _ => return,
        };
        let references = attributes.iter().filter_map(|name| text_of(tag, name));
        // An empty one would mean the page itself; browsers load nothing then.
        for reference in references.filter(|reference| !reference.trim().is_empty()) {
            let Some(address) = base.join(&reference) else { continue };
            self.has_frame_of_ours |=
                is_for == Use::Script && FRAMING.iter().any(|name| address.path().contains(name));
            self.resources.push(Resource { address, is_for, nonce: text_of(tag, "nonce") });
        }
    }
}

fn text_of(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned())
}

/// Where `altcha-widget` has its address: from version 3 on, and before. A whole challenge may stand there instead, which
/// is no address.
const CHALLENGES: [&str; 2] = ["challenge", "challengeurl"];
/// Scripts of this server that show a page of it in a frame, to which they send a form.
const FRAMING: [&str; 1] = ["/assets/CrafyCAPTCHA"];
