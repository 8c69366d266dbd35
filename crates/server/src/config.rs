//! The effective configuration: printing it, and the example file.

use std::fmt::Write;

use chrono::NaiveTime;
use innocap_app::DumpOptions;
use innocap_domain::EmailAddress;
use innocap_registry::DatabaseUrl;

use crate::Failure;
use crate::cli::{Settings, settings};

impl Settings {
    /// Where the registry is.
    ///
    /// # Errors
    /// A URL of neither PostgreSQL nor SQLite.
    pub fn database(&self) -> Result<DatabaseUrl, Failure> {
        let url = match &self.database_url {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data_dir.join("innocap.db").display()),
        };
        DatabaseUrl::parse(&url).map_err(|e| Failure { message: format!("INNOCAP_DATABASE_URL: {e}"), code: 2 })
    }

    /// The address under which people reach the service, without a slash at its end.
    ///
    /// # Errors
    /// One that is no web address without path.
    pub fn public_url(&self) -> Result<String, Failure> {
        let Some(given) = &self.public_url else {
            return Ok(format!("http://localhost:{}", self.listen.port()));
        };
        let refuse = || Failure {
            message: "INNOCAP_PUBLIC_URL: expected an address such as https://innocap.example.org".to_owned(),
            code: 2,
        };
        let url = url::Url::parse(given).map_err(|_| refuse())?;
        let plain = matches!(url.scheme(), "http" | "https") && url.path() == "/" && url.query().is_none();
        if !plain || url.host_str().is_none() || !url.username().is_empty() || url.password().is_some() {
            return Err(refuse());
        }
        Ok(given.trim_end_matches('/').to_owned())
    }
}

impl Settings {
    /// Where and when everything public is dumped, if it is.
    ///
    /// # Errors
    /// What is no time of day.
    pub fn dumps(&self) -> Result<Option<DumpOptions>, Failure> {
        let at = NaiveTime::parse_from_str(&self.dump_at, "%H:%M").map_err(|_| Failure {
            message: "INNOCAP_DUMP_AT: expected a time of day such as 02:30".to_owned(),
            code: 2,
        })?;
        Ok(self.dump_dir.clone().map(|folder| DumpOptions { folder, at, keep: self.dump_keep.max(1) }))
    }

    /// Where people turn with questions about the service.
    ///
    /// # Errors
    /// What is neither a mail address nor the address of a page.
    pub fn contact(&self) -> Result<Option<String>, Failure> {
        let Some(given) = &self.contact else { return Ok(None) };
        let is_page = url::Url::parse(given).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if is_page || EmailAddress::parse(given).is_ok() {
            return Ok(Some(given.trim().to_owned()));
        }
        let message = "INNOCAP_CONTACT: expected a mail address or an address such as https://example.org/contact";
        Err(Failure { message: message.to_owned(), code: 2 })
    }
}

impl Settings {
    /// What the identifiers of processes begin with where challenges are published by OCDS.
    ///
    /// # Errors
    /// What is not of the form that the Open Contracting Partnership registers.
    pub fn ocid_prefix(&self) -> Result<String, Failure> {
        let given = self.ocid_prefix.trim();
        let is_registered =
            |rest: &str| rest.len() == 6 && rest.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        if given.strip_prefix("ocds-").is_some_and(is_registered) {
            return Ok(given.to_owned());
        }
        let message = "INNOCAP_OCID_PREFIX: expected a prefix such as ocds-a1b2c3: ocds- and six letters or digits";
        Err(Failure { message: message.to_owned(), code: 2 })
    }

    /// The origins whose pages may call the API.
    ///
    /// # Errors
    /// What is neither `*` nor a scheme with a host and perhaps a port, written as browsers write it.
    pub fn cors_origins(&self) -> Result<Vec<String>, Failure> {
        let origins: Vec<&str> = self.cors_origins.iter().map(|o| o.trim()).filter(|o| !o.is_empty()).collect();
        for origin in &origins {
            // A pattern of hosts would match nothing: browsers send the host itself.
            let is_origin = !origin.contains('*')
                && url::Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == *origin);
            if *origin != "*" && !is_origin {
                let message = format!("INNOCAP_CORS_ORIGINS: {origin} is no origin such as https://example.org");
                return Err(Failure { message, code: 2 });
            }
        }
        Ok(origins.into_iter().map(str::to_owned).collect())
    }
}

/// The effective configuration, a line a setting; secrets show as ***.
///
/// # Errors
/// As [`Settings::database`].
pub fn effective(values: &Settings) -> Result<String, Failure> {
    let path = |path: &Option<std::path::PathBuf>| path.as_ref().map(|p| p.display().to_string());
    let secret = |value: &Option<String>| value.as_ref().map(|_| "***".to_owned());
    let mut text = String::new();
    for setting in settings() {
        let value = match setting.variable.as_str() {
            "INNOCAP_CONFIG" => path(&values.config),
            "INNOCAP_DATA_DIR" => Some(values.data_dir.display().to_string()),
            "INNOCAP_DATABASE_URL" => Some(values.database()?.to_string()),
            "INNOCAP_LISTEN" => Some(values.listen.to_string()),
            "INNOCAP_WORKERS" => Some(values.workers.to_string()),
            "INNOCAP_PUBLIC_URL" => Some(values.public_url()?),
            "INNOCAP_CONTACT" => values.contact()?,
            "INNOCAP_OCID_PREFIX" => Some(values.ocid_prefix()?),
            "INNOCAP_BEHIND_PROXY" => Some(values.behind_proxy.to_string()),
            "INNOCAP_RATE_CLIENT" => Some(values.rate_client.to_string()),
            "INNOCAP_RATE_PERSON" => Some(values.rate_person.to_string()),
            "INNOCAP_RATE_ADDRESS" => Some(values.rate_address.to_string()),
            "INNOCAP_RATE_PAGES" => Some(values.rate_pages.to_string()),
            "INNOCAP_TIME_LIMIT" => Some(values.time_limit.to_string()),
            "INNOCAP_CORS_ORIGINS" => Some(values.cors_origins()?.join(",")),
            "INNOCAP_MAIL_HOST" => values.mail_host.clone(),
            "INNOCAP_MAIL_PORT" => values.mail_port.map(|port| port.to_string()),
            "INNOCAP_MAIL_TLS" => Some(format!("{:?}", values.mail_tls).to_lowercase()),
            "INNOCAP_MAIL_AUTHORITY" => path(&values.mail_authority),
            "INNOCAP_MAIL_USER" => values.mail_user.clone(),
            "INNOCAP_MAIL_PASSWORD" => secret(&values.mail_password),
            "INNOCAP_MAIL_FROM" => values.mail_from.clone(),
            "INNOCAP_DUMP_DIR" => path(&values.dump_dir),
            "INNOCAP_DUMP_AT" => Some(values.dump_at.clone()),
            "INNOCAP_DUMP_KEEP" => Some(values.dump_keep.to_string()),
            "INNOCAP_OIDC_FILE" => path(&values.oidc_file),
            "INNOCAP_LOG" => Some(values.log.clone()),
            "INNOCAP_LOG_FORMAT" => Some(format!("{:?}", values.log_format).to_lowercase()),
            "INNOCAP_MODEL_FILE" => path(&values.model_file),
            "INNOCAP_TOKENIZER_FILE" => path(&values.tokenizer_file),
            "INNOCAP_EMBEDDINGS_URL" => values.embeddings_url.clone(),
            "INNOCAP_EMBEDDINGS_MODEL" => Some(values.embeddings_model.clone()),
            "INNOCAP_EMBEDDINGS_TOKEN" => secret(&values.embeddings_token),
            "INNOCAP_EMBEDDINGS_QUERY_PREFIX" => Some(values.embeddings_query_prefix.clone()),
            "INNOCAP_EMBEDDINGS_PASSAGE_PREFIX" => Some(values.embeddings_passage_prefix.clone()),
            "INNOCAP_EMBEDDINGS_ALLOW_PRIVATE" => Some(values.embeddings_allow_private.to_string()),
            "INNOCAP_WEBHOOKS_ALLOW_PRIVATE" => Some(values.webhooks_allow_private.to_string()),
            // A setting that is declared and not printed fails the test that compares the two.
            other => Some(format!("(not shown: {other})")),
        };
        let _ = writeln!(text, "{}={}", setting.variable, value.unwrap_or_default());
    }
    Ok(text)
}

/// The text of `.env.example`.
pub fn example() -> String {
    let mut text = String::from(
        "# Every setting of innocap with its default. A flag wins over a variable, a variable over the settings file.\n\
         # Written by `innocap config --example`; do not edit by hand.\n",
    );
    for setting in settings() {
        let help = setting.help.replace('\n', " ");
        let default =
            setting.default.unwrap_or_else(|| if setting.switch { "false".to_owned() } else { String::new() });
        let _ = write!(text, "\n# {help}\n#{}={default}\n", setting.variable);
    }
    text
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;

    fn parse(arguments: &[&str]) -> Settings {
        Cli::parse_from(std::iter::once("innocap").chain(arguments.iter().copied()).chain(["config"])).settings
    }

    #[test]
    fn every_setting_is_shown_and_no_secret_is() {
        let text = effective(&parse(&[
            "--database-url=postgres://u:hunter2@db/innocap",
            "--embeddings-token=hunter3",
            "--mail-password=hunter4",
        ]))
        .unwrap();
        assert!(!text.contains("(not shown"), "{text}");
        assert!(!text.contains("hunter"), "{text}");
        assert!(text.contains("INNOCAP_EMBEDDINGS_TOKEN=***"));
    }

    #[test]
    fn a_prefix_of_processes_is_one_that_can_be_registered() {
        assert_eq!(parse(&[]).ocid_prefix().unwrap(), "ocds-000000");
        assert_eq!(parse(&["--ocid-prefix=ocds-a1b2c3"]).ocid_prefix().unwrap(), "ocds-a1b2c3");
        for wrong in ["ocds-", "ocds-A1B2C3", "a1b2c3", "ocds-a1b2c3-"] {
            let failure = parse(&[&format!("--ocid-prefix={wrong}")]).ocid_prefix().unwrap_err();
            assert!(failure.message.contains("INNOCAP_OCID_PREFIX"), "{}", failure.message);
        }
    }

    #[test]
    fn a_database_of_another_kind_is_refused_with_the_name_of_the_setting() {
        let failure = parse(&["--database-url=mysql://db"]).database().unwrap_err();
        assert!(failure.message.contains("INNOCAP_DATABASE_URL"), "{}", failure.message);
        assert_eq!(failure.code, 2);
    }

    #[test]
    fn an_origin_is_taken_as_a_browser_writes_it_and_nothing_else_is() {
        let origins = |text: &str| parse(&[&format!("--cors-origins={text}")]).cors_origins();
        assert_eq!(origins("https://a.example, http://localhost:3000").unwrap().len(), 2);
        assert_eq!(origins("*").unwrap(), ["*"]);
        assert!(parse(&[]).cors_origins().unwrap().is_empty());
        for wrong in ["https://a.example/", "a.example", "https://A.example", "https://*.example", "null"] {
            assert!(origins(wrong).unwrap_err().message.contains("INNOCAP_CORS_ORIGINS"), "{wrong}");
        }
    }
}
