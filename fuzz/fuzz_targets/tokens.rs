//! Challenges and tokens that were changed after they were issued, and ones that never were.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use portcullis_engine::{Issue, Redeem, Site, Siteverify};
use portcullis_fuzz::{Change, Gate, wait};

static GATE: LazyLock<Gate> = LazyLock::new(Gate::open);
static ISSUED: LazyLock<[Issued; 2]> = LazyLock::new(|| [issue(&GATE.standalone), issue(&GATE.capjs_server)]);

struct Issued {
    challenge: String,
    solutions: Vec<u64>,
    token: String,
}

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    of_capjs_server: bool,
    is_token: bool,
    change: Change<'a>,
}

fuzz_target!(|input: Input<'_>| {
    let (site, issued) = match input.of_capjs_server {
        false => (&GATE.standalone, &ISSUED[0]),
        true => (&GATE.capjs_server, &ISSUED[1]),
    };
    let original = if input.is_token { &issued.token } else { &issued.challenge };
    let changed = input.change.apply(original);
    // The site key in front of a token of ours is for readers; the sealed one counts.
    let same_seal = |text: &str| text.split_once(':').map(|(_, sealed)| sealed.to_owned());
    if changed == *original
        || (input.is_token && !input.of_capjs_server && same_seal(&changed) == same_seal(original))
    {
        return;
    }
    if input.is_token {
        let question = Siteverify {
            secret: Some(site.secret().expose()),
            response: Some(&changed),
            site_key: None,
            vendor: None,
            remote_ip: None,
            idempotency_key: None,
            caller: &GATE.visitor,
        };
        assert!(wait(GATE.engine.siteverify(question)).is_err(), "{changed}");
    } else {
        let (site_key, solutions) = (Some(site.site_key()), issued.solutions.as_slice());
        let redeem = Redeem { site_key, visitor: &GATE.visitor, token: &changed, solutions };
        assert!(wait(GATE.engine.redeem(redeem)).is_err(), "{changed}");
    }
});

/// Two challenges: one stays unsolved by anybody else, the other gives the token.
fn issue(site: &Site) -> Issued {
    wait(async {
        let (site_key, visitor) = (Some(site.site_key()), &GATE.visitor);
        let challenge = async || {
            let command = Issue { site_key, visitor, action: None, cdata: None, vendor: None };
            let challenge = GATE.engine.issue(command).await.unwrap();
            let solve = |puzzle| portcullis_pow::solve(&puzzle).unwrap();
            let solutions: Vec<u64> = match challenge.puzzles {
                Some(puzzles) => puzzles.map(solve).collect(),
                None => portcullis_pow::seeded(&challenge.token, challenge.parameters).map(solve).collect(),
            };
            (challenge.token, solutions)
        };
        let (redeemed, solved) = challenge().await;
        let redeem = Redeem { site_key, visitor, token: &redeemed, solutions: &solved };
        let token = GATE.engine.redeem(redeem).await.unwrap().value;
        let (challenge, solutions) = challenge().await;
        Issued { challenge, solutions, token }
    })
}
