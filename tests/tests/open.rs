//! What the service shows to everyone and to programs that read pages: sitemaps, feeds, linked data, the picture.

use std::collections::BTreeSet;

use innocap_testkit::{Instance, free_port, on_every_backend};
use serde_json::{Value, json};

use crate::support::{alarm_challenge, alarm_solution, snow_solution};

/// What stands between two marks, each time.
fn between<'t>(text: &'t str, start: &'t str, end: &'t str) -> Vec<&'t str> {
    text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

/// An address without the service's own.
fn path<'a>(base: &str, address: &'a str) -> &'a str {
    address.strip_prefix(base).unwrap_or_else(|| panic!("{address} does not begin with {base}"))
}

#[test]
fn the_sitemaps_hold_what_everyone_may_see_in_every_language_and_nothing_else() {
    on_every_backend(|instance| {
        let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        let alarm = instance.published("solutions", &alarm_solution(&company));
        let need = instance.published("challenges", &alarm_challenge(&municipality));
        let draft = instance.operator().post("/api/v1/solutions", &snow_solution(&company)).expect(201).id();
        let suspended = instance.published("solutions", &snow_solution(&company));
        let reason = json!({"reason": "a listing of somebody else"});
        instance.operator().post(&format!("/api/v1/solutions/{suspended}/suspend"), &reason).expect(204);
        let base = instance.innocap().public_url().to_owned();
        let client = instance.anonymous();
        let index = client.get("/sitemap.xml").expect(200);
        assert_eq!(index.header("content-type"), Some("application/xml; charset=utf-8"));
        let mut addresses = Vec::new();
        for part in between(&index.text, "<loc>", "</loc>") {
            let text = client.get(path(&base, part)).expect(200).text;
            addresses.extend(between(&text, "<loc>", "</loc>").iter().map(|found| path(&base, found).to_owned()));
            assert!(text.contains("hreflang=\"x-default\"") && text.contains("?lang=is\"/>"), "{text}");
            assert!(part.contains("/pages/") || text.contains("<lastmod>20"), "{text}");
        }
        for page in [
            "/".to_owned(),
            "/challenges".to_owned(),
            format!("/solutions/{alarm}"),
            format!("/challenges/{need}"),
            format!("/organisations/{municipality}"),
        ] {
            assert!(addresses.contains(&page), "{page} is missing in {addresses:?}");
        }
        for address in &addresses {
            client.get(address).expect(200);
            assert!(!address.contains(&draft) && !address.contains(&suspended));
        }
        for missing in ["/sitemap/solutions/2", "/sitemap/solutions/0", "/sitemap/people/1", "/sitemap/pages/x"] {
            client.get(missing).expect(404);
        }
    });
}

#[test]
fn robots_are_led_to_the_sitemaps_and_kept_from_filters_and_accounts() {
    let instance = Instance::with(free_port(), &["--public-url=https://innocap.example.org".to_owned()]);
    let robots = instance.anonymous().get("/robots.txt").expect(200).text;
    assert!(robots.ends_with("\nSitemap: https://innocap.example.org/sitemap.xml"), "{robots}");
    for kept in ["/account", "/sign-", "/suggestions?", "/challenges?", "/solutions?", "/solutions/*/challenges"] {
        assert!(robots.contains(&format!("\nDisallow: {kept}\n")), "{kept} is open: {robots}");
    }
    assert!(robots.contains("\nAllow: /solutions?lang=fi$\n"));
    // An empty line would end the rules.
    assert!(robots.starts_with("User-agent: *\nDisallow: ") && !robots.trim_end().contains("\n\nDisallow"));
}

#[test]
fn a_feed_is_the_list_with_its_filter_newest_first_and_nothing_in_it_is_taken_for_markup() {
    on_every_backend(|instance| {
        let municipality = instance.organisation("Vadsø & Vardø <kommune>", "public-body", "NO");
        let first = instance.published("challenges", &alarm_challenge(&municipality));
        let mut other = alarm_challenge(&municipality);
        other["functions"] = json!(["health"]);
        other["texts"][0]["summary"] = "Alarm <script>alert(1)</script> & mer".into();
        let second = instance.published("challenges", &other);
        let client = instance.anonymous();
        let base = instance.innocap().public_url().to_owned();
        let read = |path: &str| client.get(path).expect(200);
        let feed = read("/challenges.atom");
        assert_eq!(feed.header("content-type"), Some("application/atom+xml; charset=utf-8"));
        assert_eq!(feed.header("content-language"), Some("en"));
        let ids = between(&feed.text, "<id>urn:uuid:", "</id>");
        assert_eq!(ids, [second.as_str(), first.as_str()]);
        assert!(feed.text.contains("Vadsø &#38; Vardø &#60;kommune&#62;"), "{}", feed.text);
        assert!(feed.text.contains("Alarm &#38;#60;script&#38;#62;alert(1)") && !feed.text.contains("<script"));
        assert!(feed.text.contains(&format!("href=\"{base}/challenges/{first}\"")));
        // The times are those of the records.
        let record = client.get(&format!("/api/v1/challenges/{second}")).expect(200).body;
        let updated = format!("{}Z", &record["updated"].as_str().unwrap()[..19]);
        assert!(between(&feed.text, "<updated>", "</updated>").iter().all(|time| *time <= updated.as_str()));
        assert!(feed.text.contains(&format!("<updated>{updated}</updated>")));
        // The filter is that of the list, and so are its faults.
        assert_eq!(between(&read("/challenges.atom?function=health").text, "urn:uuid:", "<"), [second.as_str()]);
        assert_eq!(between(&read("/challenges.atom?function=health&country=SE").text, "urn:uuid:", "<").len(), 0);
        assert_eq!(between(&read("/challenges.atom?q=alarm").text, "urn:uuid:", "<"), [second.as_str(), &first]);
        assert!(read("/challenges.atom?function=health&country=NO&lang=sv").text.contains("<title>Nya utmaningar: "));
        let wrong = client.get("/challenges.atom?function=nonsense").expect(400);
        assert!(wrong.text.contains("This filter cannot be read"), "{}", wrong.text);
        client.get("/solutions.atom?verdict=none").expect(400);
        client.get("/challenges.atom?status=draft").expect(401);
        // One page leads to the next, and the list to its feed.
        let next = read("/challenges.atom?limit=1").text;
        let next = between(&next, "rel=\"next\" type=\"application/atom+xml\" href=\"", "\"");
        let next = read(&path(&base, next[0]).replace("&#38;", "&")).text;
        assert_eq!(between(&next, "urn:uuid:", "<"), [first.as_str()]);
        let list = read("/challenges?function=health&lang=fi&limit=1").text;
        let link = "type=\"application/atom+xml\" title=\"Seuraa tätä luetteloa syötteenlukijassa (Atom)\" \
                    href=\"/challenges.atom?function=health&#38;lang=fi\"";
        assert!(list.contains(link), "{list}");
        assert!(!client.get("/challenges?function=nonsense").expect(400).text.contains("application/atom+xml"));
    });
}

/// The linked data of a page.
fn linked(page: &str) -> Value {
    let found = between(page, "<script type=\"application/ld+json\">", "</script>");
    assert_eq!(found.len(), 1, "{page}");
    serde_json::from_str(found[0]).expect("JSON")
}

#[test]
fn what_a_page_is_about_stands_in_its_head_for_programs_to_read() {
    let instance = Instance::new();
    let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
    let university = instance.organisation("Luleå tekniska universitet", "higher-education", "SE");
    let mut need = alarm_challenge(&municipality);
    need["texts"][0]["title"] = "Alarm </script><script>alert(1)</script>".into();
    need["deadline"] = "2027-01-31".into();
    let need = instance.published("challenges", &need);
    let client = instance.anonymous();
    let base = instance.innocap().public_url().to_owned();
    let read = |path: &str| client.get(path).expect(200).text;
    let page = read(&format!("/challenges/{need}?lang=sv"));
    let data = linked(&page);
    assert_eq!(data["@type"], "Demand");
    assert_eq!(data["name"], "Alarm </script><script>alert(1)</script>");
    assert_eq!(data["url"], format!("{base}/challenges/{need}"));
    assert_eq!(data["validThrough"], "2027-01-31");
    assert_eq!(data["areaServed"]["name"], "Norge");
    assert_eq!(data["@reverse"]["seeks"]["@type"], "GovernmentOrganization");
    assert_eq!(data["@reverse"]["seeks"]["name"], "Vadsø kommune");
    for line in [
        format!("<link rel=\"canonical\" href=\"{base}/challenges/{need}?lang=sv\">"),
        format!("<link rel=\"alternate\" hreflang=\"fi\" href=\"{base}/challenges/{need}?lang=fi\">"),
        format!("<link rel=\"alternate\" hreflang=\"x-default\" href=\"{base}/challenges/{need}\">"),
        "<meta name=\"description\" content=\"Kommunen trenger alarmer".to_owned(),
        "<meta property=\"og:type\" content=\"article\">".to_owned(),
        "<meta property=\"og:locale\" content=\"sv_SE\">".to_owned(),
    ] {
        assert!(page.contains(&line), "{line} is missing in {page}");
    }
    for (kind, of, by) in [
        ("product", "Product", "brand"),
        ("service", "Service", "provider"),
        ("open-source-software", "SoftwareApplication", "author"),
        ("research-result", "ScholarlyArticle", "author"),
        ("expertise", "Service", "provider"),
        ("test-bed", "Service", "provider"),
    ] {
        let mut solution = alarm_solution(&university);
        solution["kind"] = kind.into();
        solution["licence"] = "EUPL-1.2".into();
        let solution = instance.published("solutions", &solution);
        let data = linked(&read(&format!("/solutions/{solution}")));
        assert_eq!((data["@type"].as_str(), data[by]["@type"].as_str()), (Some(of), Some("CollegeOrUniversity")));
    }
    assert_eq!(linked(&read(&format!("/organisations/{municipality}")))["address"]["addressCountry"], "NO");
    // What somebody asked stands in no canonical address, and an error has none.
    assert!(read("/suggestions?need=alarm").contains(&format!("<link rel=\"canonical\" href=\"{base}/suggestions\">")));
    assert!(read("/solutions?kind=product&lang=da").contains(&format!("href=\"{base}/solutions?lang=da\">")));
    let missing = client.get("/nothing").expect(404).text;
    assert!(missing.contains("noindex") && !missing.contains("canonical"));
}

#[test]
fn the_service_tells_of_itself_in_every_language_and_invents_nobody_to_turn_to() {
    let instance = Instance::new();
    let client = instance.anonymous();
    for (language, operator) in [
        ("en", "the operator of this service"),
        ("sv", "den som driver tjänsten"),
        ("fi", "palvelun ylläpitäjä"),
        ("nb", "den som driver tjenesten"),
        ("da", "den, der driver tjenesten"),
        ("is", "rekstraraðila þjónustunnar"),
    ] {
        for page in ["/accessibility", "/privacy", "/ranking"] {
            let text = client.get(&format!("{page}?lang={language}")).expect(200).text;
            assert!(page == "/ranking" || text.contains(operator), "{page} in {language}: {text}");
            assert!(text.contains(&format!("<a href=\"/privacy?lang={language}\">")), "{page} in {language}");
            // A message that is missing shows as its name.
            assert!(!text.contains(">ranking-") && !text.contains(">privacy-") && !text.contains(">accessibility-"));
        }
    }
    let instance = Instance::with(free_port(), &["--contact=help@example.org".to_owned()]);
    for page in ["/accessibility", "/privacy"] {
        let text = instance.anonymous().get(page).expect(200).text;
        assert!(text.contains("<a href=\"mailto:help@example.org\">help@example.org</a>"), "{text}");
    }
}

#[test]
fn the_page_about_the_ranking_shows_the_weights_that_are_at_work() {
    let instance = Instance::new();
    let weights = innocap_app::Weights::bundled();
    let page = instance.anonymous().get("/ranking?lang=en").expect(200).text;
    assert!(page.contains(&format!("Ranking version {}.", weights.version)));
    for set in [&weights.same_language, &weights.near_language, &weights.cross_language] {
        let all = [set.meaning, set.from, set.hubness, set.words, set.title, set.labels, set.labels_at_most, set.codes];
        for weight in all {
            assert!(page.contains(&format!("<td>{weight}</td>")), "{weight} is not shown");
        }
    }
    let fit = &weights.fit;
    for weight in [fit.place, fit.evidence, fit.function, fit.language, fit.maturity, fit.connection, fit.nature] {
        assert!(page.contains(&format!("<td>{weight}</td>")), "{weight} is not shown");
    }
    assert!(page.contains(&format!("<td>{} of 100</td>", (weights.verdict.partial * 100.0).round())));
    assert!(instance.anonymous().get("/ranking?lang=fi").expect(200).text.contains("<td>0,5</td>"));
}

#[test]
fn the_page_about_privacy_names_the_same_spans_of_time_as_the_documentation() {
    let instance = Instance::new();
    let page = instance.anonymous().get("/privacy?lang=en").expect(200).text.to_lowercase();
    let document = include_str!("../../docs/privacy.md");
    let spans = ["minutes", "days", "years"];
    let words: Vec<&str> = document.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let mut checked = 0;
    for pair in words.windows(2).filter(|pair| spans.contains(&pair[1])) {
        assert!(page.contains(&pair.join(" ")), "{pair:?} is not on the page");
        checked += 1;
    }
    assert!(checked >= 8, "{checked} spans found in the documentation");
}

/// The lists that a page's numbers lead to, each with its number.
fn figures<'p>(page: &'p str, word: &str) -> Vec<(&'p str, i64)> {
    let links = page.split("<a href=\"").skip(1).filter_map(|rest| rest.split_once("\">"));
    let told = links.filter_map(|(href, rest)| Some((href, rest.split_once("</a>")?.0)));
    told.filter_map(|(href, text)| {
        let (number, what) = text.split_once(' ')?;
        what.starts_with(word).then(|| (href, number.parse().expect("a number")))
    })
    .collect()
}

#[test]
fn the_picture_counts_what_the_lists_behind_it_find() {
    on_every_backend(|instance| {
        let municipality = instance.organisation("Vadsø kommune", "public-body", "NO");
        let company = instance.organisation("Alarm AB", "company", "SE");
        instance.published("solutions", &alarm_solution(&company));
        instance.published("solutions", &snow_solution(&company));
        let mut anywhere = alarm_solution(&company);
        anywhere["delivery"] = json!(["*", "NO", "SE33"]);
        instance.published("solutions", &anywhere);
        let mut nowhere = snow_solution(&company);
        nowhere["delivery"] = json!([]);
        instance.published("solutions", &nowhere);
        instance.published("challenges", &alarm_challenge(&municipality));
        let mut snow = alarm_challenge(&municipality);
        snow["functions"] = json!(["econ-aff", "health"]);
        snow["region"] = "NO073".into();
        instance.published("challenges", &snow);
        let mut abroad = alarm_challenge(&municipality);
        abroad["country"] = "US".into();
        let abroad = instance.published("challenges", &abroad);
        instance.operator().post("/api/v1/challenges", &alarm_challenge(&municipality)).expect(201);
        let client = instance.anonymous();
        let read = |path: &str| client.get(path).expect(200).text;
        let page = read("/picture");
        let mut walked = BTreeSet::new();
        for (href, number) in figures(&page, "need").into_iter().chain(figures(&page, "solution")) {
            let href = href.replace("&#38;", "&");
            assert!(read(&href).contains(&format!("{number} found")), "{href} does not find {number}");
            walked.insert(href);
        }
        for cell in [
            "/challenges?function=health&country=NO",
            "/challenges?region=NO073",
            "/solutions?region=NO073",
            "/challenges?verdict=fit",
            "/challenges?country=NO&verdict=fit",
            "/challenges?country=US",
            "/solutions?function=soc-pro&country=IS",
            "/solutions?country=SE",
            "/solutions?function=econ-aff",
            "/solutions",
        ] {
            assert!(walked.contains(cell), "{cell} is missing in {walked:?}");
        }
        // Nothing for the roads of Norway or for its health care; what is delivered anywhere answers the third need.
        let gaps = page.split("<ul class=\"gaps\">").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap();
        assert!(gaps.contains("Business, work and transport, Norway: ") && gaps.contains("Health care, Norway: "));
        assert_eq!(gaps.matches("<li>").count(), 2, "{gaps}");
        // It follows every change, suspensions too.
        let before = figures(&page, "need")[0].1;
        let why = json!({"reason": "a test"});
        instance.operator().post(&format!("/api/v1/challenges/{abroad}/suspend"), &why).expect(204);
        let page = read("/picture");
        assert_eq!(figures(&page, "need")[0].1, before - 1);
        assert!(!page.contains("/challenges?country=US"));
    });
}

#[test]
fn the_picture_of_nothing_is_a_page_as_well() {
    let instance = Instance::new();
    for language in ["en", "sv", "fi", "nb", "da", "is"] {
        let page = instance.anonymous().get(&format!("/picture?lang={language}")).expect(200).text;
        assert!(page.contains("role=\"img\"") && !page.contains(">picture-"), "{page}");
    }
    let page = instance.anonymous().get("/picture?lang=en").expect(200).text;
    assert!(page.contains("There are none: for every public function"), "{page}");
}
