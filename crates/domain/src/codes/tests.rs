//! Codes parse, and what is no code is refused with the nearest that are.

use super::{Country, CpvCode, Licence, PublicFunction, Region, Trl};

#[test]
fn a_cpv_code_is_read_with_and_without_check_digit() {
    let code = CpvCode::parse("85312000-9").unwrap();
    assert_eq!(code, CpvCode::parse(" 85312000 ").unwrap());
    assert_eq!(code.as_str(), "85312000");
    for wrong in ["8531200", "85312000-", "85312000-99", "8531200a", "", "85312000 9"] {
        assert!(CpvCode::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn an_unknown_cpv_code_is_refused_with_its_neighbours() {
    let error = CpvCode::parse("85312001").unwrap_err();
    assert_eq!(error.nearest.first().map(String::as_str), Some("85312000"));
}

#[test]
fn the_cpv_tree_stands_in_the_digits() {
    let code = |text| CpvCode::parse(text).unwrap();
    assert_eq!(code("85312400").parent(), Some(code("85312000")));
    assert_eq!(code("85000000").parent(), None);
    assert_eq!(code("90620000").depth(), 4);
    assert!(code("85300000").covers(&code("85312400")));
    assert!(!code("85312400").covers(&code("85300000")));
    assert_eq!(code("85312400").shared_depth(&code("85311300")), 4);
    assert_eq!(code("85312400").shared_depth(&code("90620000")), 0);
    for official in CpvCode::all() {
        assert!(official.parent().is_none_or(|parent| parent.covers(&official) && parent != official));
    }
}

#[test]
fn regions_nest_by_nuts_and_know_their_country() {
    let region = |text| Region::parse(text).unwrap();
    assert!(region("SE33").covers(&region("SE332")));
    assert!(!region("SE332").covers(&region("SE33")));
    assert!(region("SE331").near(&region("SE332")));
    assert_eq!(region("gb-sct").country(), Country::parse("UK").unwrap());
    assert_eq!(region("EL30").country().as_str(), "GR");
    let error = Region::parse("SE399").unwrap_err();
    assert!(error.nearest.iter().any(|near| near.starts_with("SE3")), "{:?}", error.nearest);
    for wrong in ["SE", "ZZ-1", "GB-", "GB-ABCD", "NO999", ""] {
        assert!(Region::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn functions_levels_and_licences_are_parsed() {
    assert_eq!(PublicFunction::parse("SOC-PRO").unwrap().as_str(), "soc-pro");
    assert_eq!(PublicFunction::parse("soc-por").unwrap_err().nearest[0], "soc-pro");
    assert!(Trl::try_from(0).is_err() && Trl::try_from(10).is_err() && Trl::try_from(9).is_ok());
    assert!(Licence::parse("EUPL-1.2").is_ok() && Licence::parse("MIT OR Apache-2.0").is_ok());
    assert!(Licence::parse("EUPL-1.3").unwrap_err().nearest.contains(&"EUPL-1.2".to_owned()));
}
