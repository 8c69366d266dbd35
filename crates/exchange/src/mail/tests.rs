//! Mail against a real SMTP server, and against everything that could break a header.

use super::*;
use innocap_domain::LanguageTag;
use innocap_neighbours::{SmtpServer, SmtpTls};

fn at() -> DateTime<Utc> {
    "2026-03-01T09:30:00Z".parse().unwrap()
}

fn mail(to: &str) -> OutgoingMail {
    OutgoingMail {
        to: EmailAddress::parse(to).unwrap(),
        subject: "Bekräfta din adress – Åsa".to_owned(),
        text: "Hej Åsa!\n.\nÖppna länken: https://innocap.example/confirm\n".to_owned(),
        html: "<p>Hej Åsa! <a href=\"https://innocap.example/confirm\">Öppna länken</a></p>".to_owned(),
        message_id: "0190f3a2@innocap.example".to_owned(),
        language: LanguageTag::parse("sv").unwrap(),
    }
}

fn config(server: &SmtpServer, tls: MailTls) -> MailConfig {
    MailConfig {
        host: "localhost".to_owned(),
        port: server.port(),
        tls,
        authority: Some(server.authority().to_owned()),
        login: None,
        sender: EmailAddress::parse("no-reply@innocap.example").unwrap(),
        sender_name: "Innocap på svenska".to_owned(),
        timeout: Duration::from_secs(10),
    }
}

fn plain(server: &SmtpServer) -> Mailer {
    Mailer::new(&config(server, MailTls::None)).unwrap()
}

/// The header lines of a message or part, unfolded, and what follows.
fn parse(data: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = data.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let lines = head.split("\r\n").map(|line| line.split_once(": ").unwrap_or_else(|| panic!("no header: {line}")));
    (lines.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(), body)
}

fn value<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    let found: Vec<&str> = headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect();
    assert_eq!(found.len(), 1, "{name} stands {} times in {headers:?}", found.len());
    found[0]
}

#[tokio::test]
async fn a_message_arrives_as_text_and_html_with_the_headers_that_mail_needs() {
    let server = SmtpServer::start(SmtpTls::None, None);
    plain(&server).send(&mail("eva@example.org"), at()).await.unwrap();
    let received = server.receive();
    assert_eq!((received.from.as_str(), received.to), ("no-reply@innocap.example", vec!["eva@example.org".to_owned()]));
    assert!(received.data.is_ascii());
    let (headers, body) = parse(&received.data);
    assert_eq!(value(&headers, "Date"), "Sun, 01 Mar 2026 09:30:00 +0000");
    assert_eq!(value(&headers, "Message-ID"), "<0190f3a2@innocap.example>");
    assert_eq!(value(&headers, "Auto-Submitted"), "auto-generated");
    assert_eq!(value(&headers, "Content-Language"), "sv");
    assert_eq!(value(&headers, "To"), "eva@example.org");
    assert_eq!(value(&headers, "MIME-Version"), "1.0");
    assert!(value(&headers, "From").ends_with("<no-reply@innocap.example>"));
    assert!(value(&headers, "Subject").starts_with("=?utf-8?b?"), "{}", value(&headers, "Subject"));
    let kind = value(&headers, "Content-Type");
    assert!(kind.starts_with("multipart/alternative"), "{kind}");
    let boundary = kind.split("boundary=\"").nth(1).unwrap().trim_end_matches('"');
    let parts: Vec<&str> = body.split(&format!("--{boundary}")).collect();
    assert_eq!(parts.len(), 4);
    let (text, _) = parse(parts[1].trim_start());
    let (html, _) = parse(parts[2].trim_start());
    assert_eq!(value(&text, "Content-Type"), "text/plain; charset=utf-8");
    assert_eq!(value(&html, "Content-Type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_line_break_in_any_field_begins_no_header_and_reaches_no_second_reader() {
    let server = SmtpServer::start(SmtpTls::None, None);
    let attack =
        "x\r\nBcc: victim@example.org\nX-Evil: 1\r\rX-Evil: 2\u{2028}\0\r\n\r\n.\r\nRCPT TO:<victim@example.org>";
    let mut config = config(&server, MailTls::None);
    config.sender_name = attack.to_owned();
    let mailer = Mailer::new(&config).unwrap();
    let attacked = OutgoingMail {
        subject: attack.to_owned(),
        text: attack.to_owned(),
        html: attack.to_owned(),
        ..mail("eva@example.org")
    };
    mailer.send(&attacked, at()).await.unwrap();
    let received = server.receive();
    assert_eq!(received.to, ["eva@example.org"]);
    let (headers, _) = parse(&received.data);
    let mut names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "Auto-Submitted",
        "Content-Language",
        "Content-Type",
        "Date",
        "From",
        "MIME-Version",
        "Message-ID",
        "Subject",
        "To",
        "X-Auto-Response-Suppress",
    ];
    assert_eq!(names, expected);
    // Neither a bare CR nor a bare LF, with which some servers could be made to see the end of the message early.
    assert!(!received.data.replace("\r\n", "").contains(['\r', '\n']));
    assert!(server.received().is_none());
}

#[tokio::test]
async fn a_message_identifier_that_is_none_and_an_address_that_is_none_are_refused() {
    let server = SmtpServer::start(SmtpTls::None, None);
    for id in ["", "x", "@", "a@b@c", "a@b\r\nBcc: victim@example.org", "a b@c", "<a@b>", "å@b"] {
        let mail = OutgoingMail { message_id: id.to_owned(), ..mail("eva@example.org") };
        let sent = plain(&server).send(&mail, at()).await;
        assert_eq!(sent, Err(MailError::Permanent(MailFault::Message)), "{id:?}");
    }
    assert!(EmailAddress::parse("eva@example.org\r\nBcc: victim@example.org").is_err());
    assert!(LanguageTag::parse("sv\r\nBcc: victim@example.org").is_err());
    assert!(server.received().is_none());
}

#[tokio::test]
async fn an_address_in_a_domain_beyond_ascii_is_sent_in_its_ascii_form() {
    let server = SmtpServer::start(SmtpTls::None, None);
    plain(&server).send(&mail("eva@räksmörgås.se"), at()).await.unwrap();
    plain(&server).send(&mail("åsa@example.org"), at()).await.unwrap();
    assert_eq!(server.receive().to, ["eva@xn--rksmrgs-5wao1o.se"]);
    assert_eq!(server.receive().to, ["åsa@example.org"]);
}

#[tokio::test]
async fn a_server_that_is_busy_takes_the_message_the_next_time() {
    let server = SmtpServer::start(SmtpTls::None, None);
    let (mailer, mail) = (plain(&server), mail("busy@example.org"));
    assert_eq!(mailer.send(&mail, at()).await, Err(MailError::Temporary(MailFault::Reply(451))));
    assert_eq!(mailer.send(&mail, at()).await, Ok(()));
    assert_eq!(server.receive().to, ["busy@example.org"]);
}

#[tokio::test]
async fn a_no_for_good_parks_the_message_and_quotes_no_address() {
    let server = SmtpServer::start(SmtpTls::None, None);
    let mailer = plain(&server);
    let gone = mailer.send(&mail("gone@example.org"), at()).await;
    assert_eq!(gone, Err(MailError::Permanent(MailFault::Reply(550))));
    assert_eq!(gone.unwrap_err().to_string(), "not sent: the server answers 550");
    let late = mailer.send(&mail("late@example.org"), at()).await;
    assert_eq!(late, Err(MailError::Temporary(MailFault::Reply(451))));
    let spam = mailer.send(&mail("spam@example.org"), at()).await;
    assert_eq!(spam, Err(MailError::Permanent(MailFault::Reply(554))));
    assert_eq!(
        mailer.send(&mail("eva@example.org"), at()).await,
        Ok(()),
        "one refusal does not spoil the next message"
    );
}

#[tokio::test]
async fn a_server_that_falls_silent_or_is_not_there_is_tried_again_later() {
    let server = SmtpServer::start(SmtpTls::None, None);
    let impatient = MailConfig { timeout: Duration::from_millis(500), ..config(&server, MailTls::None) };
    let mute = Mailer::new(&impatient).unwrap().send(&mail("mute@example.org"), at()).await;
    assert_eq!(mute, Err(MailError::Temporary(MailFault::Timeout)));
    let absent = plain(&server);
    drop(server);
    assert_eq!(absent.send(&mail("eva@example.org"), at()).await, Err(MailError::Temporary(MailFault::Unreachable)));
}

#[tokio::test]
async fn a_user_signs_in_over_starttls_and_over_tls_from_the_first_byte() {
    for (offered, used) in [(SmtpTls::StartTls, MailTls::StartTls), (SmtpTls::Implicit, MailTls::Implicit)] {
        let server = SmtpServer::start(offered, Some(("innocap", "correct horse")));
        let login = Some(("innocap".to_owned(), Secret::new("correct horse")));
        let mailer = Mailer::new(&MailConfig { login, ..config(&server, used) }).unwrap();
        mailer.send(&mail("eva@example.org"), at()).await.unwrap();
        let received = server.receive();
        assert!(received.encrypted, "{offered:?}");
        assert_eq!(received.user.as_deref(), Some("innocap"), "{offered:?}");
    }
}

#[tokio::test]
async fn a_wrong_password_loses_no_message() {
    let server = SmtpServer::start(SmtpTls::StartTls, Some(("innocap", "correct horse")));
    let login = Some(("innocap".to_owned(), Secret::new("wrong")));
    let wrong = MailConfig { login, ..config(&server, MailTls::StartTls) };
    let sent = Mailer::new(&wrong).unwrap().send(&mail("eva@example.org"), at()).await;
    assert_eq!(sent, Err(MailError::Temporary(MailFault::Login)));
    let none = MailConfig { login: None, ..wrong };
    let sent = Mailer::new(&none).unwrap().send(&mail("eva@example.org"), at()).await;
    assert_eq!(sent, Err(MailError::Temporary(MailFault::Reply(530))));
    assert!(server.received().is_none());
}

#[tokio::test]
async fn nothing_is_sent_without_the_encryption_that_was_asked_for_or_to_a_server_nobody_vouches_for() {
    let clear = SmtpServer::start(SmtpTls::None, None);
    let sent = Mailer::new(&config(&clear, MailTls::StartTls)).unwrap().send(&mail("eva@example.org"), at()).await;
    assert_eq!(sent, Err(MailError::Temporary(MailFault::Tls)));
    assert!(clear.received().is_none());
    for (offered, used) in [(SmtpTls::StartTls, MailTls::StartTls), (SmtpTls::Implicit, MailTls::Implicit)] {
        let server = SmtpServer::start(offered, None);
        let unknown = MailConfig { authority: None, ..config(&server, used) };
        let foreign = MailConfig { authority: Some(clear.authority().to_owned()), ..config(&server, used) };
        let elsewhere = MailConfig { host: "127.0.0.1".to_owned(), ..config(&server, used) };
        for config in [unknown, foreign, elsewhere] {
            let sent = Mailer::new(&config).unwrap().send(&mail("eva@example.org"), at()).await;
            assert_eq!(sent, Err(MailError::Temporary(MailFault::Tls)), "{offered:?} {config:?}");
        }
        assert!(server.received().is_none());
    }
}

#[tokio::test]
async fn a_password_is_never_sent_in_clear_and_never_printed() {
    let server = SmtpServer::start(SmtpTls::None, None);
    let login = Some(("innocap".to_owned(), Secret::new("correct horse")));
    let config = MailConfig { login, ..config(&server, MailTls::None) };
    assert_eq!(Mailer::new(&config).unwrap_err(), MailConfigError::LoginInClear);
    assert!(!format!("{config:?}").contains("horse"));
    let mailer = Mailer::new(&MailConfig { tls: MailTls::StartTls, ..config }).unwrap();
    assert!(!format!("{mailer:?}").contains("horse"));
    assert!(!format!("{:?}", mail("eva@example.org")).contains("eva"));
}
