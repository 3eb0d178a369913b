//! `docs/risk.md` lists every reason with its weights and its sentence, as the data files have them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

#[test]
fn every_reason_is_documented_with_its_weights() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let page = read("../../docs/risk.md");
    let mut reasons = BTreeMap::<String, (String, [String; 2])>::new();
    for (column, profile) in ["astracaph", "portcullis"].into_iter().enumerate() {
        let file: Value = serde_json::from_str(&read(&format!("src/weights/{profile}.json"))).unwrap();
        assert_eq!(file["profile"], profile);
        for line in file["weights"].as_array().unwrap() {
            let [code, text] = ["code", "text"].map(|field| line[field].as_str().unwrap().to_owned());
            let reason =
                reasons.entry(code).or_insert_with(|| (String::new(), ["–".to_owned(), "–".to_owned()]));
            reason.0 = text;
            reason.1[column] = format!("{:.2}", line["weight"].as_f64().unwrap());
        }
    }
    let rows = reasons.iter().map(|(code, (text, [astracaph, portcullis]))| {
        format!("| `{code}` | {astracaph} | {portcullis} | {text} |")
    });
    let missing: Vec<String> = rows.filter(|row| !page.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "docs/risk.md lacks\n{}", missing.join("\n"));
    let listed = page.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(listed, reasons.len(), "docs/risk.md lists reasons that no file weighs");
}
