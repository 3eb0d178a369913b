//! Keys and signatures against altcha-lib 2.8.0, which computed every value here.

use super::parameters::Parameters;
use crate::altcha::{Hash, PayloadError, Secrets};
use crate::hex::hex;

const N0: &str = "000102030405060708090a0b0c0d0e0f";
const S0: &str = "101112131415161718191a1b1c1d1e1f";
const NA: &str = "4b5f073ade660e75f8c7b79e12ecd5e0";
const SA: &str = "6755dff916f3d3fa73ed5c4ac79508d2";
const NB: &str = "48451910200329cef2613e7386e002e9";
const SB: &str = "69233ec009c4027efcc30bdc0644a8c2";
const NF: &str = "ffffffffffffffffffffffffffffffff";
const SZ: &str = "00000000000000000000000000000000";

/// Algorithm, cost, length, nonce, salt, counter, key. Where a SHA key is shorter than its digest and costs more than
/// one round, the widget computes another; it is what the libraries compute that is verified.
#[rustfmt::skip]
const KEYS: [(&str, u32, u8, &str, &str, u32, &str); 18] = [
    ("SHA-256", 1, 32, N0, S0, 0, "eedfafa451d4c2c9bd91991dc810c70bfd87fb9393f977b1bf7a00ffff98449e"),
    ("SHA-256", 10, 32, NA, SA, 7, "dca0b4ec72d3a87bf1b3200ea3f20b87f33b1732a441d48b244068f57288df87"),
    ("SHA-256", 1000, 16, NF, SZ, u32::MAX, "d617838e98bbc5a31cd13141ff1beeaa"),
    ("SHA-384", 1, 32, N0, S0, 0, "33c76d4c31fa63ea5fd0e727eff73bb30c5d04d9c5b30fc8910091b275f7cdf4"),
    ("SHA-384", 10, 48, NA, SA, 7, "8a46c63c6f914bfe1ab2df4df62679f1d1ef2a167e319567bcadaefae4721ec5a804bf802e7b998318e85d6c8de97886"),
    ("SHA-384", 1000, 16, NF, SZ, 65_536, "b0e40cb0e291e6c934f09a6e2adcca62"),
    ("SHA-512", 1, 32, N0, S0, 0, "3271913668a494326d74da119b1706e9975025abb669a4caefc26149b613c455"),
    ("SHA-512", 10, 64, NA, SA, 7, "f242624a5a73b2f589e864844a9311bc69f49c434a298743a8b3f858baf74d7e8fa9320a9465078fd64145862d1b08d2b1fda19859dec67611878d5b1d2bff1f"),
    ("SHA-512", 1000, 16, NF, SZ, 65_536, "cc1c55ae4a1887e33c5f80a7a6c3ef2d"),
    ("PBKDF2/SHA-256", 10, 32, NB, SB, 0, "885b3efe48bb4a2d4b65f663bf118ced4a77c4cca496d0ca5d5455cb6ea686d7"),
    ("PBKDF2/SHA-256", 5000, 32, N0, S0, 5000, "015db5b9cf38a035c7bc250952632570a78194aae702b20bc34843a34dff6d95"),
    ("PBKDF2/SHA-256", 1000, 16, NF, SZ, u32::MAX, "1dd13c7061b30767aea2a1ab18a8be43"),
    ("PBKDF2/SHA-384", 10, 32, NB, SB, 0, "d9ed4093efae94f12a085234e52e0efcbd726fc2824535db028d37e08d9276e0"),
    ("PBKDF2/SHA-384", 5000, 32, N0, S0, 5000, "bc26c181269b2ac18189c0d8ad58d8d52fe83add872f712b647c05e56572f7ea"),
    ("PBKDF2/SHA-384", 1000, 16, NF, SZ, 65_536, "108777a9c67921b73114ad81e069c1c1"),
    ("PBKDF2/SHA-512", 10, 32, NB, SB, 0, "848ee227a0ff0d818df797a150936b8140840b22ca4b83c941911376cb491097"),
    ("PBKDF2/SHA-512", 5000, 32, N0, S0, 5000, "3b958ee68fc55a946a236b41b03c645f7a7d54ac03bd585d92822d5eb81a71f4"),
    ("PBKDF2/SHA-512", 1000, 16, NF, SZ, 65_536, "94b597faf7b029d5b817923b6885ab75"),
];

#[test]
fn keys_are_those_of_the_library() {
    for (algorithm, cost, length, nonce, salt, counter, key) in KEYS {
        let json = format!(
            r#"{{"algorithm":"{algorithm}","cost":{cost},"keyLength":{length},"keyPrefix":"0","nonce":"{nonce}","salt":"{salt}"}}"#
        );
        let parameters = Parameters::read(&json).unwrap();
        assert_eq!(hex(&parameters.derivation(counter).derive().0), key, "{algorithm} {cost} {length}");
        assert_eq!(parameters.canonical(), json);
    }
}

const NC: &str = "3886bdc1e67799a47b23f759cb38934e";
const SC: &str = "df0da721f437c24644bcf9965147582f";
const ND: &str = "f3e1080daa4343a35416baeeb336637c";
const SD: &str = "aac6aa70ee4e20020f42ba6dd7a5a63d";

/// Algorithm, (cost, memory, lanes), length, (nonce, salt, counter), key.
#[rustfmt::skip]
const KEYS_IN_MEMORY: [(&str, [u32; 3], u8, Drawn, &str); 6] = [
    ("ARGON2ID", [1, 8192, 1], 32, (N0, S0, 0), "802a00c06473be5a77d1d520beb9a676bf1633544a428aa1447421b1799d9df4"),
    ("ARGON2ID", [2, 16_384, 1], 32, (NC, SC, 100), "08d3644854752bfea8a3a251219e74e47888552262744bda09ef25269d947f79"),
    ("ARGON2ID", [3, 64, 2], 16, (NF, SZ, 65_536), "9fdf8f1525c88f32f77649b686eb7f16"),
    ("SCRYPT", [1024, 8, 1], 32, (N0, S0, 0), "c7a46840177539d27df313d5df81ceb18462204d04d9d9a2063d7da33bd03835"),
    ("SCRYPT", [16_384, 8, 1], 32, (ND, SD, 100), "0ccfeaf1c949ffaeeeba95d100e29500ba118e9dd8e6bcc84b64b1575d53d47a"),
    ("SCRYPT", [4096, 4, 2], 64, (NF, SZ, 65_536), "0841523a5b7ec46cf5b35143befdb889fb6a56899124a64184fc655ed885206f29fce7d47f4ebb4c73722507f261d5c957e0ea77ab38c5a941102cb4e45818d7"),
];

/// Nonce, salt, counter.
type Drawn = (&'static str, &'static str, u32);

#[test]
fn keys_in_memory_are_those_of_the_library() {
    let signature = "00".repeat(32);
    for (algorithm, [cost, memory, lanes], length, (nonce, salt, counter), key) in KEYS_IN_MEMORY {
        let json = format!(
            r#"{{"algorithm":"{algorithm}","cost":{cost},"keyLength":{length},"keyPrefix":"0","keySignature":"{signature}","memoryCost":{memory},"nonce":"{nonce}","parallelism":{lanes},"salt":"{salt}"}}"#
        );
        let parameters = Parameters::read(&json).unwrap();
        assert_eq!(hex(&parameters.derivation(counter).derive().0), key, "{algorithm} {cost} {length}");
        assert_eq!(parameters.canonical(), json);
        let unsigned = json.replace(&format!(r#""keySignature":"{signature}","#), "");
        assert_eq!(Parameters::read(&unsigned), Err(PayloadError::Member("keySignature")));
    }
}

#[test]
fn whatever_the_order_of_the_members_the_signature_is_the_librarys() {
    let s1 = r#"{"salt":"5e00d5d152e1a5db7d44fb6404a40a5e","nonce":"39baf91a19d671f8231217f9e28342a6","keyPrefix":"00","keyLength":32,"cost":1000,"algorithm":"PBKDF2/SHA-256"}"#;
    let s2 = format!(
        r#"{{ "data":{{"zeta":true,"n":7,"nul":null,"alpha":"x"}}, "expiresAt":4102444800, "algorithm":"PBKDF2\/SHA-256", "cost":1000, "keyLength":32, "keyPrefix":"1e3b7202991cbd7f807cf29404f215cf", "keySignature":"088221baab6061c7a43018a00d960ca1203eb857e8b2a1ede0c037ab7f10126d", "nonce":"{N0}", "salt":"{S0}" }}"#
    );
    let s4 = format!(
        r#"{{"algorithm":"SHA-256","nonce":"{N0}","salt":"{S0}","cost":1,"keyLength":32,"keyPrefix":"0","data":{{"9":"b","10":"a","é":"ü/\"\u2028"}}}}"#
    );
    let secrets = Secrets::new(b"signature.secret", b"key.secret").unwrap();
    for (json, expected) in [
        (s1, "a10045ef3381d5516e0c3fd6bf0b90e02fab68d576ffe9e0e1c2d1cd1e404f2a"),
        (&s2, "d2200229c240b0a0502c6b8ef3366d36f710a9d690b5cc562b124d547e9ffc45"),
        (&s4, "a4eabbe6bab0de8abc3cece8322db877e5e1d93e88adfa43081c0ac6c068da27"),
    ] {
        let canonical = Parameters::read(json).unwrap().canonical();
        let signature = hex(&secrets.sign_challenge(Hash::Sha256, canonical.as_bytes()));
        assert_eq!(signature, expected, "{canonical}");
    }
}
