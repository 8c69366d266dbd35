//! What the service shows to everyone and to programs that read pages: sitemaps, feeds, linked data, the picture.

use innocap_testkit::{Instance, free_port, on_every_backend};

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
        let reason = serde_json::json!({"reason": "a listing of somebody else"});
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
