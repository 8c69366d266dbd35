//! Passwords: which ones are taken, how they are stored, and a check that takes as long for an account that is not there.
//!
//! Which passwords are common is estimated by zxcvbn and its dictionaries rather than looked up in a list: of the common
//! passwords hardly one has 12 characters, but what people make of them to get there is guessed just as soon.

use std::fmt;

use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use crate::secrets::{NoRandomness, random};

/// Memory of one hash in KiB. With [`PASSES`] and [`LANES`] the first configuration with little memory of the OWASP
/// Password Storage Cheat Sheet ("Argon2id with a minimum configuration of 19 MiB of memory, an iteration count of 2,
/// and 1 degree of parallelism").
pub const MEMORY_KIB: u32 = 19_456;
/// Passes over the memory.
pub const PASSES: u32 = 2;
/// Lanes computed beside each other.
pub const LANES: u32 = 1;
/// Random bytes of a salt (RFC 9106, section 3.1).
const SALT_BYTES: usize = 16;

/// The fewest characters of a password: with it the rules need no composition (NIST SP 800-63B-4, section 3.1.1.2).
pub const FEWEST: usize = 12;
/// The most characters of a password.
pub const MOST: usize = 256;
/// The most bytes that are looked at at all: 256 characters of four bytes.
pub const MOST_BYTES: usize = 1_024;

/// A name that is shorter than this may stand in a password: Liv is a word, and Anna stands within many.
const SHORTEST_NAME: usize = 5;

/// Words that stand in the passwords of this service's readers more than in the English dictionaries of the estimate.
const LOCAL_WORDS: &[&str] = &[
    "innocap",
    "lösenord",
    "losenord",
    "passord",
    "adgangskode",
    "kodeord",
    "salasana",
    "lykilorð",
    "lykilord",
    "pasfhocal",
    "focalfaire",
    "passwort",
    "kennwort",
    "motdepasse",
    "välkommen",
    "valkommen",
    "velkommen",
    "tervetuloa",
    "velkomin",
    "willkommen",
    "bienvenue",
    "sommar",
    "sommer",
    "vinter",
    "talvi",
    "kommun",
    "kommune",
    "kunta",
    "sveitarfélag",
    "qwertyuiopå",
    "asdfghjklöä",
    "asdfghjkløæ",
];

/// A hash nobody's password has: against it the password for an account that is not there is checked.
pub(crate) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$SW5ub2NhcCBub2JvZHkgIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Fewer than [`FEWEST`] characters.
    #[error("a password has at least 12 characters; four words beside each other make a good one")]
    TooShort,
    /// More than [`MOST`] characters or [`MOST_BYTES`] bytes.
    #[error("a password has at most 256 characters")]
    TooLong,
    /// Among the passwords that are tried first: common ones, rows of keys, dates, repetitions.
    #[error("this password is among the first that would be tried; take words that do not belong together")]
    Common,
    /// It contains the person's address or name.
    #[error("a password does not contain its owner's name or address")]
    Personal,
}

impl PasswordFault {
    /// A stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::TooShort => "too_short",
            Self::TooLong => "too_long",
            Self::Common => "common_password",
            Self::Personal => "personal_password",
        }
    }
}

/// A hash could not be computed or read.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// No salt could be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The hash function refuses, or a stored hash is damaged. Says nothing of the password.
    #[error("the password hash cannot be computed: {0}")]
    Hash(String),
}

/// What a check of a password found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordCheck {
    /// It is the account's password.
    Right,
    /// It is, and is to be hashed again: it was stored by other parameters than today's.
    Outdated,
    /// It is not, or there is no such account or password.
    Wrong,
}

/// A password as someone typed it, in Unicode's composed form (NFC): the same letters from another keyboard are the
/// same password.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a text of any origin. Nothing long is normalised or hashed.
    ///
    /// # Errors
    /// [`PasswordFault::TooLong`].
    pub fn parse(text: &str) -> Result<Self, PasswordFault> {
        if text.len() > MOST_BYTES {
            return Err(PasswordFault::TooLong);
        }
        let composed = Zeroizing::new(text.nfc().collect::<String>());
        if composed.chars().count() > MOST { Err(PasswordFault::TooLong) } else { Ok(Self(composed)) }
    }

    /// Whether it may become the password of the person with this address and name: long enough, not among the first
    /// that would be tried, and not made of what everyone knows about the person. No rule asks for kinds of characters.
    ///
    /// # Errors
    /// The [`PasswordFault`].
    pub fn check_new(&self, email: &str, name: &str) -> Result<(), PasswordFault> {
        if self.0.chars().count() < FEWEST {
            return Err(PasswordFault::TooShort);
        }
        let personal = personal_words(email, name);
        let lower = Zeroizing::new(self.0.to_lowercase());
        let stands_in_it = |word: &String| word.chars().count() >= SHORTEST_NAME && lower.contains(word.as_str());
        if personal.iter().any(stands_in_it) {
            return Err(PasswordFault::Personal);
        }
        let words: Vec<&str> = personal.iter().map(String::as_str).chain(LOCAL_WORDS.iter().copied()).collect();
        // Below 3 is what falls to 10^8 guesses: the estimate's own threshold for a slow hash.
        if zxcvbn(&self.0, &words).score() < Score::Three { Err(PasswordFault::Common) } else { Ok(()) }
    }

    /// The PHC string that is stored. Takes some tens of milliseconds of one core and 19 MiB: never on a thread that
    /// answers requests.
    ///
    /// # Errors
    /// [`PasswordError`].
    pub fn hash(&self) -> Result<PasswordHash, PasswordError> {
        let salt = random::<SALT_BYTES>()?;
        let hash = argon2()?.hash_password_with_salt(self.0.as_bytes(), &salt).map_err(|e| failed(&e))?;
        Ok(PasswordHash(hash.to_string()))
    }

    /// Checks it against what is stored; without `stored` (there is no such account, or it has no password) against a
    /// hash that nothing matches, so that both take the same time. Costs as much as [`Self::hash`].
    ///
    /// # Errors
    /// [`PasswordError::Hash`] where the stored text is no PHC string.
    pub fn check(&self, stored: Option<&PasswordHash>) -> Result<PasswordCheck, PasswordError> {
        let hash = Phc::new(stored.map_or(NOBODY, |hash| hash.0.as_str())).map_err(|e| failed(&e))?;
        let matches = argon2()?.verify_password(self.0.as_bytes(), &hash).is_ok();
        Ok(match (stored.is_some(), matches) {
            (true, true) if is_current(&hash)? => PasswordCheck::Right,
            (true, true) => PasswordCheck::Outdated,
            _ => PasswordCheck::Wrong,
        })
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(***)")
    }
}

/// A password's hash as it is stored: a PHC string, which names its function and parameters.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash as it stands in the registry.
    pub fn stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(***)")
    }
}

fn failed(error: &dyn fmt::Display) -> PasswordError {
    PasswordError::Hash(error.to_string())
}

fn params() -> Result<Params, PasswordError> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|e| failed(&e))
}

fn argon2() -> Result<Argon2<'static>, PasswordError> {
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?))
}

/// Whether a hash was computed by today's function and parameters.
fn is_current(hash: &Phc) -> Result<bool, PasswordError> {
    let (found, wanted) = (Params::try_from(hash).map_err(|e| failed(&e))?, params()?);
    let costs = |params: &Params| (params.m_cost(), params.t_cost(), params.p_cost());
    Ok(hash.algorithm.as_str() == Algorithm::Argon2id.as_str()
        && hash.version == Some(Version::V0x13.into())
        && costs(&found) == costs(&wanted))
}

/// What everyone knows about a person, in lower case: the address, what stands before its @, the name with and without
/// its spaces, and the parts of both.
fn personal_words(email: &str, name: &str) -> Vec<String> {
    let composed = |text: &str| text.nfc().collect::<String>().to_lowercase();
    let (email, name) = (composed(email), composed(name));
    let local = email.rsplit_once('@').map_or(email.as_str(), |(local, _)| local);
    let joined: String = name.split_whitespace().collect();
    let mut words = vec![email.clone(), local.to_owned(), name.trim().to_owned(), joined];
    words.extend(local.split(['.', '-', '_', '+']).chain(name.split_whitespace()).map(ToOwned::to_owned));
    words.retain(|word| !word.is_empty());
    words
}
