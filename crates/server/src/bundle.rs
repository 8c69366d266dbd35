//! The bundled catalogue: solutions that exist and needs that were really published, retold, with the vectors of
//! their texts, so that the demo answers at once and downloads nothing.

use innocap_app::import::{Form, Report};
use innocap_app::{AppError, Innocap};

/// Solutions, a JSON object a line.
pub const SOLUTIONS: &str = include_str!("../bundle/solutions.jsonl");
/// Needs, a JSON object a line.
pub const CHALLENGES: &str = include_str!("../bundle/challenges.jsonl");
/// Vectors of all texts; see [`vectors`].
const VECTORS: &[u8] = include_bytes!("../bundle/vectors.bin");
/// Codes of the tokens of the beginnings of all texts; see [`codes`].
const CODES: &[u8] = include_bytes!("../bundle/codes.bin");
/// Bytes of a content hash as hexadecimal text.
const HASH: usize = 64;

/// The content hash of a text and its unit vector.
pub type HashedVector = (String, Vec<f32>);

/// The bundled vectors: the model they are of, its width, and each text's content hash with its unit vector.
///
/// The file is the model's name and the width, each ended by a line feed, then for each text the hash as 64
/// hexadecimal digits, the scale as little-endian f32, and the components as signed bytes.
pub fn vectors() -> Option<(String, Vec<HashedVector>)> {
    let mut parts = VECTORS.splitn(3, |&byte| byte == b'\n');
    let model = std::str::from_utf8(parts.next()?).ok()?.to_owned();
    let width: usize = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
    let rows = parts.next()?.chunks_exact(HASH + 4 + width);
    let row = |row: &[u8]| {
        let hash = std::str::from_utf8(&row[..HASH]).ok()?.to_owned();
        let scale = f32::from_le_bytes(row[HASH..HASH + 4].try_into().ok()?);
        let vector = row[HASH + 4..].iter().map(|&byte| f32::from(byte as i8) * scale).collect();
        Some((hash, vector))
    };
    Some((model, rows.filter_map(row).collect()))
}

/// Vectors as the file holds them.
pub fn encode_vectors(model: &str, width: usize, rows: &[HashedVector]) -> Vec<u8> {
    let mut bytes = format!("{model}\n{width}\n").into_bytes();
    for (hash, vector) in rows {
        let largest = vector.iter().fold(0f32, |max, x| max.max(x.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        bytes.extend_from_slice(hash.as_bytes());
        bytes.extend_from_slice(&scale.to_le_bytes());
        #[expect(clippy::cast_possible_truncation, reason = "the quotient lies within ±127")]
        bytes.extend(vector.iter().map(|x| (x / scale).round() as i8 as u8));
    }
    bytes
}

/// The content hash of a text and the codes of its tokens as bytes.
pub type HashedCodes = (String, Vec<u8>);

/// The bundled codes: the name under which they are kept, and each text's content hash with its codes.
///
/// The file is the name, ended by a line feed, then for each text the hash as 64 hexadecimal digits, the number of bytes
/// as little-endian u32, and these.
pub fn codes() -> Option<(String, Vec<HashedCodes>)> {
    let mut parts = CODES.splitn(2, |&byte| byte == b'\n');
    let name = std::str::from_utf8(parts.next()?).ok()?.to_owned();
    let mut rest = parts.next()?;
    let mut rows = Vec::new();
    while !rest.is_empty() {
        let (hash, after) = rest.split_at_checked(HASH)?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (bytes, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        rows.push((std::str::from_utf8(hash).ok()?.to_owned(), bytes.to_vec()));
        rest = after;
    }
    Some((name, rows))
}

/// Codes as the file holds them.
pub fn encode_codes(name: &str, rows: &[HashedCodes]) -> Vec<u8> {
    let mut bytes = format!("{name}\n").into_bytes();
    for (hash, codes) in rows {
        bytes.extend_from_slice(hash.as_bytes());
        bytes.extend_from_slice(&u32::try_from(codes.len()).unwrap_or(u32::MAX).to_le_bytes());
        bytes.extend_from_slice(codes);
    }
    bytes
}

/// Loads the bundle into a registry; what stands there already, just so, is left alone.
///
/// # Errors
/// Where the registry fails.
pub async fn load(innocap: &Innocap) -> Result<Report, AppError> {
    if let Some((model, rows)) = vectors()
        && model == innocap.embeddings().model().id()
    {
        innocap.registry().store_embeddings(&model, rows).await?;
    }
    if let Some((name, rows)) = codes()
        && name == innocap.embeddings().codes_name()
    {
        innocap.registry().store_made_of_texts(&name, rows).await?;
    }
    let mut report = innocap.import(SOLUTIONS.as_bytes(), Form::JsonLines, None, |_| {}).await?;
    let challenges = innocap.import(CHALLENGES.as_bytes(), Form::JsonLines, None, |_| {}).await?;
    report.lines += challenges.lines;
    report.created += challenges.created;
    report.updated += challenges.updated;
    report.unchanged += challenges.unchanged;
    report.refused.extend(challenges.refused);
    Ok(report)
}
