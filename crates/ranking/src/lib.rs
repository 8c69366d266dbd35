//! Pure arithmetic: how an offer answers a need, as a transparent sum with reasons; relevance metrics.
//!
//! The score is a sum of parts, each the product of a weight from `weights.json` and a value between 0 and 1, so that
//! it can be explained to a procurement officer. `docs/ranking.md` tells the whole of it in words.

pub mod evidence;
pub mod facts;
mod judged;
pub mod metrics;
mod score;
mod tree;
mod tune;
mod variety;
mod weights;

pub use evidence::Evidence;
pub use facts::{DeploymentFacts, Need, Offer, RequirementFacts, WantFacts};
pub use judged::{Bin, Calibration, Case, GOOD, Pair, READ, TRUSTED, calibrate};
pub use score::{Alignment, Asked, Part, Scored, Topic, rank, topic_value, verdict};
pub use tree::rank_codes;
pub use tune::{Proposal, tune};
pub use variety::{Kept, NEAR_DUPLICATE, collapse, mix};
pub use weights::{AlignmentWeights, FitWeights, TopicWeights, Weights};
