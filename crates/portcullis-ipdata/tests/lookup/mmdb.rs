//! Writes small files in MaxMind's format, after its specification (MaxMind DB File Format, version 2.0).

use ipnet::IpNet;

/// A value of the format, as far as the tests need it.
#[derive(Clone)]
pub(crate) enum Value {
    Text(&'static str),
    Short(u32),
    Number(u32),
    Long(u32),
    Flag(bool),
    Map(Vec<(&'static str, Value)>),
    List(Vec<Value>),
}

/// A file with a record for each network. IPv4 networks stand where the format has them, below `::/96`.
pub(crate) fn file(records: &[(&str, Value)]) -> Vec<u8> {
    let mut data = Vec::new();
    let mut tree = vec![[Slot::Nothing; 2]];
    for (network, record) in records {
        let offset = data.len();
        encode(record, &mut data);
        insert(&mut tree, network.parse().unwrap(), offset);
    }
    let nodes = tree.len();
    let mut file = Vec::new();
    for slot in tree.into_iter().flatten() {
        let number = match slot {
            Slot::Nothing => nodes,
            Slot::Node(node) => node,
            Slot::Data(offset) => nodes + 16 + offset,
        };
        file.extend(&u32::try_from(number).unwrap().to_be_bytes()[1..]);
    }
    file.extend([0; 16]);
    file.extend(data);
    file.extend(b"\xab\xcd\xefMaxMind.com");
    encode(&metadata(u32::try_from(nodes).unwrap()), &mut file);
    file
}

#[derive(Clone, Copy)]
enum Slot {
    Nothing,
    Node(usize),
    Data(usize),
}

fn insert(tree: &mut Vec<[Slot; 2]>, network: IpNet, offset: usize) {
    let (bits, length) = match network {
        IpNet::V4(network) => (u128::from(u32::from(network.network())), 96 + network.prefix_len()),
        IpNet::V6(network) => (u128::from(network.network()), network.prefix_len()),
    };
    let mut node = 0;
    for depth in 0..length {
        let side = usize::from(bits >> (127 - depth) & 1 == 1);
        if depth + 1 == length {
            tree[node][side] = Slot::Data(offset);
        } else if let Slot::Node(next) = tree[node][side] {
            node = next;
        } else {
            tree.push([tree[node][side]; 2]);
            let next = tree.len() - 1;
            tree[node][side] = Slot::Node(next);
            node = next;
        }
    }
}

fn metadata(nodes: u32) -> Value {
    Value::Map(vec![
        ("binary_format_major_version", Value::Short(2)),
        ("binary_format_minor_version", Value::Short(0)),
        ("build_epoch", Value::Long(1_790_000_000)),
        ("database_type", Value::Text("Portcullis-Test")),
        ("description", Value::Map(vec![("en", Value::Text("made by a test"))])),
        ("ip_version", Value::Short(6)),
        ("languages", Value::List(Vec::new())),
        ("node_count", Value::Number(nodes)),
        ("record_size", Value::Short(24)),
    ])
}

fn encode(value: &Value, to: &mut Vec<u8>) {
    match value {
        Value::Text(text) => {
            head(2, text.len(), to);
            to.extend(text.as_bytes());
        }
        Value::Short(number) => encode_number(5, *number, to),
        Value::Number(number) => encode_number(6, *number, to),
        Value::Long(number) => encode_number(9, *number, to),
        Value::Flag(flag) => head(14, usize::from(*flag), to),
        Value::Map(fields) => {
            head(7, fields.len(), to);
            for (name, value) in fields {
                encode(&Value::Text(name), to);
                encode(value, to);
            }
        }
        Value::List(items) => {
            head(11, items.len(), to);
            items.iter().for_each(|item| encode(item, to));
        }
    }
}

/// Leading zeros are left out.
fn encode_number(kind: u8, number: u32, to: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    let first = bytes.iter().position(|byte| *byte != 0).unwrap_or(4);
    head(kind, 4 - first, to);
    to.extend(&bytes[first..]);
}

/// Type and length before a value. Types above 7 stand in a byte of their own.
fn head(kind: u8, length: usize, to: &mut Vec<u8>) {
    let (short, more) = if length < 29 { (length, None) } else { (29, Some(length - 29)) };
    let short = u8::try_from(short).unwrap();
    if kind > 7 {
        to.extend([short, kind - 7]);
    } else {
        to.push(kind << 5 | short);
    }
    to.extend(more.map(|more| u8::try_from(more).unwrap()));
}
