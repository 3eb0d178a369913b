//! The outline of a Rust file: its functions and traits, and how many of its lines are production code.
//!
//! A scanner and not a parser: it blanks comments, strings and characters, so that what is left can be cut into
//! words and marks, and braces can be counted. That is all that lengths need.

/// What a file consists of, without what is compiled for tests only.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Lines outside of items under `#[cfg(test)]`.
    pub(crate) lines: usize,
    /// Functions with a body.
    pub(crate) functions: Vec<Function>,
    /// Traits.
    pub(crate) traits: Vec<Trait>,
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Where it begins, from 1.
    pub(crate) line: usize,
    /// Lines from `fn` to the closing brace.
    pub(crate) lines: usize,
    /// Whether it is an `async fn`.
    pub(crate) is_async: bool,
}

/// A trait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trait {
    pub(crate) name: String,
    /// Where it begins, from 1.
    pub(crate) line: usize,
    pub(crate) methods: usize,
}

/// Reads `source`.
pub(crate) fn outline(source: &str) -> Outline {
    let tokens = tokens(&blank(source));
    let mut outline = Outline { lines: source.lines().count(), ..Outline::default() };
    let mut at = 0;
    while at < tokens.len() {
        if let Some(end) = test_item(&tokens, at) {
            let last = tokens.get(end).or(tokens.last()).map_or(0, |token| token.line);
            outline.lines -= last + 1 - tokens[at].line;
            at = end;
        } else if let (Some("fn"), Some(name)) = (word(&tokens, at), word(&tokens, at + 1)) {
            if let Some(lines) = body(&tokens, at).map(|(_, end)| tokens[end].line + 1 - tokens[at].line) {
                let is_async = at > 0 && word(&tokens, at - 1) == Some("async");
                outline.functions.push(Function {
                    name: name.into(),
                    line: tokens[at].line,
                    lines,
                    is_async,
                });
            }
        } else if let (Some("trait"), Some(name)) = (word(&tokens, at), word(&tokens, at + 1))
            && let Some((start, end)) = body(&tokens, at)
        {
            let methods = methods(&tokens[start..end]);
            outline.traits.push(Trait { name: name.into(), line: tokens[at].line, methods });
        }
        at += 1;
    }
    outline
}

struct Token {
    line: usize,
    kind: Kind,
}

enum Kind {
    Word(String),
    Mark(char),
}

fn word(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.kind {
        Kind::Word(word) => Some(word),
        Kind::Mark(_) => None,
    }
}

fn mark(tokens: &[Token], at: usize) -> Option<char> {
    match tokens.get(at)?.kind {
        Kind::Mark(mark) => Some(mark),
        Kind::Word(_) => None,
    }
}

fn tokens(blanked: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (index, line) in blanked.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if is_word(first) {
                rest.find(|c| !is_word(c)).unwrap_or(rest.len())
            } else {
                first.len_utf8()
            };
            let (text, after) = rest.split_at(length);
            let kind = if is_word(first) { Kind::Word(text.to_owned()) } else { Kind::Mark(first) };
            tokens.push(Token { line: index + 1, kind });
            rest = after.trim_start();
        }
    }
    tokens
}

/// Where an item under `#[cfg(test)]` that begins at `at` ends.
fn test_item(tokens: &[Token], at: usize) -> Option<usize> {
    if (mark(tokens, at), mark(tokens, at + 1), word(tokens, at + 2)) != (Some('#'), Some('['), Some("cfg")) {
        return None;
    }
    let close = (at..tokens.len()).find(|place| mark(tokens, *place) == Some(']'))?;
    let names = |name| (at..close).any(|place| word(tokens, place) == Some(name));
    if !names("test") || names("not") {
        return None;
    }
    let mut end = close + 1;
    let mut depth = 0_usize;
    while end < tokens.len() {
        match mark(tokens, end) {
            Some('(' | '[') => depth += 1,
            Some(')' | ']') => depth = depth.saturating_sub(1),
            Some(';') if depth == 0 => return Some(end),
            Some('{') if depth == 0 => return closing(tokens, end),
            _ => {}
        }
        end += 1;
    }
    Some(end)
}

/// The braces of the item that begins at `at`; `None` where it ends without a body.
fn body(tokens: &[Token], at: usize) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    for place in at..tokens.len() {
        match mark(tokens, place) {
            Some('(' | '[') => depth += 1,
            Some(')' | ']') => depth = depth.saturating_sub(1),
            Some(';') if depth == 0 => return None,
            Some('{') if depth == 0 => return closing(tokens, place).map(|end| (place, end)),
            _ => {}
        }
    }
    None
}

/// Where the brace at `open` closes.
fn closing(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for place in open..tokens.len() {
        match mark(tokens, place) {
            Some('{') => depth += 1,
            Some('}') if depth == 1 => return Some(place),
            Some('}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// Functions directly inside of a trait's body.
fn methods(body: &[Token]) -> usize {
    let mut depth = 0_usize;
    let mut count = 0;
    for place in 0..body.len() {
        match mark(body, place) {
            Some('{') => depth += 1,
            Some('}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_fn = word(body, place) == Some("fn") && word(body, place + 1).is_some();
        count += usize::from(is_fn && depth == 1);
    }
    count
}

/// `source` with spaces in place of comments, strings and characters. Lines stay where they are.
fn blank(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let mut blanked = String::with_capacity(source.len());
    let mut at = 0;
    while at < text.len() {
        let end = skipped(&text, at);
        if end == at {
            blanked.push(text[at]);
            at += 1;
        } else {
            blanked.extend(text[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    blanked
}

/// Where the comment, string or character that begins at `at` ends; `at` where none begins.
fn skipped(text: &[char], at: usize) -> usize {
    let is = |place: usize, c: char| text.get(place) == Some(&c);
    let joined = at > 0 && (text[at - 1].is_alphanumeric() || text[at - 1] == '_');
    match text[at] {
        '/' if is(at + 1, '/') => find(text, at, |place| is(place, '\n')),
        '/' if is(at + 1, '*') => block_comment(text, at),
        '"' => quoted(text, at, '"'),
        'b' if !joined && is(at + 1, '"') => quoted(text, at + 1, '"'),
        'r' if !joined => raw(text, at + 1).unwrap_or(at),
        'b' if !joined && is(at + 1, 'r') => raw(text, at + 2).unwrap_or(at),
        // Without a closing quote behind one character it is a lifetime.
        '\'' if is(at + 1, '\\') || is(at + 2, '\'') => quoted(text, at, '\''),
        _ => at,
    }
}

fn find(text: &[char], from: usize, is_end: impl Fn(usize) -> bool) -> usize {
    (from..text.len()).find(|place| is_end(*place)).unwrap_or(text.len())
}

fn block_comment(text: &[char], at: usize) -> usize {
    let mut depth = 0_usize;
    let mut place = at;
    while place < text.len() {
        match text[place..] {
            ['/', '*', ..] => (depth, place) = (depth + 1, place + 2),
            ['*', '/', ..] if depth == 1 => return place + 2,
            ['*', '/', ..] => (depth, place) = (depth - 1, place + 2),
            _ => place += 1,
        }
    }
    text.len()
}

fn quoted(text: &[char], open: usize, quote: char) -> usize {
    let mut place = open + 1;
    while place < text.len() && text[place] != quote {
        place += if text[place] == '\\' { 2 } else { 1 };
    }
    (place + 1).min(text.len())
}

/// The end of a raw string whose hashes begin at `at`.
fn raw(text: &[char], at: usize) -> Option<usize> {
    let hashes = text[at.min(text.len())..].iter().take_while(|c| **c == '#').count();
    if text.get(at + hashes) != Some(&'"') {
        return None;
    }
    let closes = |place: usize| {
        text[place] == '"' && text[place + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes
    };
    Some((find(text, at + hashes + 1, closes) + 1 + hashes).min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(name: &str, line: usize, lines: usize, is_async: bool) -> Function {
        Function { name: name.into(), line, lines, is_async }
    }

    #[test]
    fn functions_are_measured_from_fn_to_brace() {
        let source = "pub async fn one(\n    a: [u8; 2],\n) -> u8\nwhere\n    u8: Copy,\n{\n    1\n}\n\
                      fn two() {}\ntrait T { fn three(); }\ntype F = fn(u8) -> u8;\n";
        let outline = outline(source);
        assert_eq!(outline.functions, [function("one", 1, 8, true), function("two", 9, 1, false)]);
        assert_eq!(outline.lines, 11);
    }

    #[test]
    fn braces_in_text_and_comments_do_not_count() {
        let source = "fn a() {\n    let _ = (\"}\", '}', '\\'', r#\"}\"}\"#, b\"}\"); // }\n    /* } /* } */ } */\n\
                      }\nfn b<'a>(x: &'a str) -> &'a str {\n    x\n}\n";
        assert_eq!(outline(source).functions, [function("a", 1, 4, false), function("b", 5, 3, false)]);
    }

    #[test]
    fn test_items_are_left_out() {
        let source = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn long() {\n    }\n}\n";
        let read = outline(source);
        assert_eq!((read.lines, read.functions.len()), (2, 1));
        assert_eq!(outline("#[cfg(any(test, feature = \"x\"))]\npub mod m;\nfn a() {}\n").lines, 1);
        assert_eq!(outline("#[cfg(not(test))]\nfn a() {}\n").functions.len(), 1);
        assert_eq!(outline("#[cfg(unix)]\nfn a() {}\n").lines, 2);
    }

    #[test]
    fn only_a_traits_own_methods_count() {
        let source = "trait T {\n    fn a(&self) { fn inner() {} }\n    async fn b(&self);\n    type F;\n}\n";
        assert_eq!(outline(source).traits, [Trait { name: "T".into(), line: 1, methods: 2 }]);
    }

    #[test]
    fn unfinished_text_is_no_trouble() {
        for source in ["fn a() {", "\"", "'", "r#", "r###\"", "/*", "b'", "#[cfg(test)]", "trait T", "'\\"] {
            let _ = outline(source);
        }
    }
}
