//! How many connections the system lets this process have.

/// The soft limit on open files, where the system tells it.
pub(super) fn limit() -> Option<usize> {
    parse(&std::fs::read_to_string("/proc/self/limits").ok()?)
}

fn parse(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Files that the database, the log and the runtime need for themselves.
pub(super) const RESERVED: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_is_the_first_number() {
        let text = "Limit                     Soft Limit           Hard Limit           Units\n\
                    Max processes             63000                63000                processes\n\
                    Max open files            1024                 524288               files\n";
        assert_eq!(parse(text), Some(1024));
        assert_eq!(
            parse("Max open files            unlimited            unlimited            files\n"),
            None
        );
        assert_eq!(parse(""), None);
    }
}
