//! Fetching a `publiccode.yml` from where software is developed.

use std::time::Duration;

use url::Url;

use crate::client::{Client, ClientError, Limits};

/// Bytes of such a file at most; the longest in use are below 100 kB.
const MOST_BYTES: usize = 256 * 1024;
/// Somebody waits for it.
const PATIENCE: Duration = Duration::from_secs(10);

/// The text of the `publiccode.yml` at an address, which may also be that of a repository, or of the file's page there.
///
/// # Errors
/// [`ClientError`]: the address is none or not public, or nothing is to be had there.
pub async fn fetch_publiccode(address: &str) -> Result<String, ClientError> {
    let url = Url::parse(address).map_err(|e| ClientError::Refused(e.to_string()))?;
    let client = Client::new(Limits { timeout: PATIENCE, body_bytes: MOST_BYTES, ..Limits::default() })?;
    client.get_text(&publiccode_address(&url)).await
}

/// Where the file itself is, for the pages of GitHub and GitLab; any other address as it is.
pub fn publiccode_address(url: &Url) -> Url {
    let parts: Vec<&str> = url.path().trim_matches('/').trim_end_matches(".git").split('/').collect();
    let raw = match (url.host_str(), parts.as_slice()) {
        (Some("github.com"), [owner, name]) => {
            format!("https://raw.githubusercontent.com/{owner}/{name}/HEAD/publiccode.yml")
        }
        (Some("github.com"), [owner, name, "blob", rest @ ..]) => {
            format!("https://raw.githubusercontent.com/{owner}/{name}/{}", rest.join("/"))
        }
        (Some(host), _) if url.path().contains("/-/blob/") => {
            format!("https://{host}{}", url.path().replacen("/-/blob/", "/-/raw/", 1))
        }
        (Some("gitlab.com"), [_, _, ..]) if !url.path().contains("/-/") => {
            format!("https://gitlab.com/{}/-/raw/HEAD/publiccode.yml", parts.join("/"))
        }
        _ => return url.clone(),
    };
    Url::parse(&raw).unwrap_or_else(|_| url.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_found_from_the_page_of_its_repository() {
        for (address, file) in [
            ("https://github.com/a/b", "https://raw.githubusercontent.com/a/b/HEAD/publiccode.yml"),
            ("https://github.com/a/b.git", "https://raw.githubusercontent.com/a/b/HEAD/publiccode.yml"),
            (
                "https://github.com/a/b/blob/main/publiccode.yml",
                "https://raw.githubusercontent.com/a/b/main/publiccode.yml",
            ),
            ("https://gitlab.com/a/b/c", "https://gitlab.com/a/b/c/-/raw/HEAD/publiccode.yml"),
            (
                "https://git.example.org/a/-/blob/main/publiccode.yml",
                "https://git.example.org/a/-/raw/main/publiccode.yml",
            ),
            ("https://example.org/publiccode.yml", "https://example.org/publiccode.yml"),
        ] {
            assert_eq!(publiccode_address(&Url::parse(address).unwrap()).as_str(), file);
        }
    }

    #[tokio::test]
    async fn an_address_inside_is_not_asked() {
        for address in ["http://127.0.0.1/publiccode.yml", "http://[::1]/", "file:///etc/passwd", "nonsense"] {
            assert!(matches!(fetch_publiccode(address).await, Err(ClientError::Refused(_))), "{address}");
        }
    }
}
