//! The rules of the gate, once, for every door.
//!
//! A door turns bytes into one of three commands and an outcome back into bytes:
//!
//! - [`Engine::issue`] seals a challenge for a visitor of a site;
//! - [`Engine::redeem`] judges the solutions and gives a token;
//! - [`Engine::siteverify`] spends that token for the site's backend and answers a [`Verdict`].
//!
//! What can be carried is carried, sealed, by the challenge and the token themselves (`facts.rs`). State exists
//! only for what may happen once or so often, and lives behind the traits of `portcullis-store`.
//!
//! The engine knows no HTTP, no SQL, no clock and no source of randomness but those it was given.

pub use addresses::{AddressLookup, NoAddresses};
pub use admission::OriginRefused;
pub use altcha_work::AltchaWork;
pub use assess::{
    Assess, AssessError, Assessed, Judgement, Outcome, Step, StepKind, StepTaken, StepWork, WorkDone,
};
pub use clock::{Clock, ManualClock, SystemClock};
pub use directory::StartError;
pub use engine::{Engine, EngineParts};
pub use entropy::{Entropy, SystemEntropy};
pub use facts::{Bindings, ChallengeFacts, IssueFacts, TokenFacts, Vendor};
pub use flow::{
    AnswerFlow, Completed, ConsumeError, Drawing, Flow, FlowError, FlowMode, FlowOutcome, FlowStep,
    FlowVerdict, LogInError, OpenFlow, Picture, PictureOf, PicturePart, PuzzleAnswer, PuzzleKind, StepAnswer,
    StepReason, Task,
};
pub use foreign::{
    ForeignChallenge, ForeignRedeemError, ForeignVerifyError, RedeemForeign, Redeemed, VerifyForeign,
};
pub use foreign_work::{DoneElsewhere, ForeignWork, Looked, NotDone};
pub use format::TokenFormat;
pub use issue::{Challenge, Issue, IssueError};
pub use limits::LimitSettings;
pub use origin::{ClaimedOrigin, Origin, OriginError, OriginPattern};
pub use page::{PageSeal, SealedPage};
pub use pass::{Binding, Mode, Pass, PassError, PassFormat, VerifyPass};
pub use plan::{Plan, PlanLimits, UnknownPlan};
pub use proof::{DomainFiles, DomainProof, NoDomainFiles, Unread};
pub use redeem::{Redeem, RedeemError, Token};
pub use registration::RegistrationError;
pub use second_opinion::{NoSecondOpinion, Opinion, OpinionQuestion, SecondOpinion};
pub use secret::{MasterKey, MasterKeyError, SecretKey, SecretKeyError};
pub use settings::{ChallengeForm, Keeping, OldCiphers, Profile, SettingError, SiteDefaults, SiteSettings};
pub use site::Site;
pub use sites::{NewSite, SiteChange, SiteError};
pub use siteverify::{Reason, Siteverify, SiteverifyError, Verdict};
pub use tally::{Event, Statistics};
pub use turnstile::{TurnstileKeyError, TurnstileKeys, TurnstileSecret, TurnstileSiteKey, TurnstileWidget};
pub use visitor::{Visitor, network};

pub use portcullis_puzzle as puzzle;
pub use portcullis_risk as risk;

pub use portcullis_pow::{Parameters, Puzzle, Salted};
pub use portcullis_store::{ChallengeId, SiteId, StoreError, Stores, UnixMs};

mod addresses;
mod admission;
mod altcha_work;
mod assess;
mod claims;
mod clock;
mod directory;
mod engine;
mod entropy;
mod envelope;
mod facts;
mod flow;
mod foreign;
mod foreign_limits;
mod foreign_work;
mod format;
mod issue;
mod limits;
mod log_ins;
mod mint;
mod origin;
mod page;
mod pass;
mod plan;
mod proof;
mod redeem;
mod registration;
mod second_opinion;
mod secret;
mod settings;
mod site;
mod sites;
mod siteverify;
mod tally;
mod turnstile;
mod vault;
mod visitor;
