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
            "INNOCAP_BEHIND_PROXY" => Some(values.behind_proxy.to_string()),
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
    fn a_database_of_another_kind_is_refused_with_the_name_of_the_setting() {
        let failure = parse(&["--database-url=mysql://db"]).database().unwrap_err();
        assert!(failure.message.contains("INNOCAP_DATABASE_URL"), "{}", failure.message);
        assert_eq!(failure.code, 2);
    }
}
