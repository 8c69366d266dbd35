//! `cargo xtask agreement`: how far the two readers agree who judged the pairs of `second.jsonl`, by pair and by need.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::root;

/// The lowest grade of a solution that is worth a buyer's look.
const GOOD: u64 = 2;

/// Prints the agreement.
///
/// # Errors
/// A file that cannot be read, or a line that is no judgement.
pub fn run() -> Result<(), String> {
    let mut first = BTreeMap::new();
    for part in ["dev", "test"] {
        first.extend(read(part)?);
    }
    let second = read("second")?;
    // Pairs that both find good, the first alone, the second alone, neither.
    let mut pairs = [0_u32; 4];
    let mut needs: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
    for (pair, grade) in &second {
        let before = *first.get(pair).ok_or_else(|| format!("{pair:?} was judged by the second reader alone"))?;
        let good = [before >= GOOD, *grade >= GOOD];
        pairs[usize::from(!good[0]) * 2 + usize::from(!good[1])] += 1;
        let of_need = needs.entry(&pair.0).or_default();
        of_need.iter_mut().zip(good).for_each(|(known, good)| *known |= good);
    }
    let [both, first_alone, second_alone, neither] = pairs.map(f64::from);
    let all = both + first_alone + second_alone + neither;
    let by_chance = ((both + first_alone) * (both + second_alone) + (second_alone + neither) * (first_alone + neither))
        / (all * all);
    // Cohen 1960, "A coefficient of agreement for nominal scales".
    let kappa = ((both + neither) / all - by_chance) / (1.0 - by_chance);
    let count = |wanted: [bool; 2]| needs.values().filter(|found| **found == wanted).count();
    println!("{} pairs of {} needs, graded 2 or 3:", second.len(), needs.len());
    println!(
        "  by both {}, by the first reader alone {}, by the second alone {}, by neither {}",
        pairs[0], pairs[1], pairs[2], pairs[3]
    );
    println!("  Cohen's kappa {kappa:.2}");
    println!(
        "needs with something good by the first reader: the second finds something in {} of {}",
        count([true, true]),
        count([true, true]) + count([true, false])
    );
    println!(
        "needs without by the first reader: the second finds something in {} of {}",
        count([false, true]),
        count([false, true]) + count([false, false])
    );
    Ok(())
}

/// The grades of a file of judgements, by need and solution.
fn read(part: &str) -> Result<BTreeMap<(String, String), u64>, String> {
    let path = root().join(format!("tests/fixtures/judgements/{part}.jsonl"));
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let grade = |line: &str| {
        let judged: Value = serde_json::from_str(line).ok()?;
        let member = |name: &str| judged[name].as_str().map(str::to_owned);
        Some(((member("need")?, member("solution")?), judged["grade"].as_u64()?))
    };
    let named =
        |(number, line)| grade(line).ok_or_else(|| format!("{}, line {}: no judgement", path.display(), number + 1));
    text.lines().enumerate().map(named).collect()
}
