//! An authenticator and its browser in software, which can be made to lie about everything they sign.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::secrets::random;

/// User present, user verified, attested data included (WebAuthn, section 6.1).
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

/// One credential with the browser it is used in.
pub(super) struct Authenticator {
    key: EcdsaKeyPair,
    pub credential: Vec<u8>,
    /// The address the browser believes to be at.
    pub origin: String,
    /// The relying party it signs for.
    pub rp_id: String,
    /// Whose credential it says it is; learnt at registration.
    pub user_handle: Vec<u8>,
    pub counter: u32,
    pub verifies_user: bool,
}

impl Authenticator {
    pub fn new(origin: &str, rp_id: &str) -> Self {
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            credential: random::<16>().unwrap().to_vec(),
            origin: origin.to_owned(),
            rp_id: rp_id.to_owned(),
            user_handle: Vec::new(),
            counter: 0,
            verifies_user: true,
        }
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        let data = json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(PRESENT | flags | if self.verifies_user { VERIFIED } else { 0 });
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// The answer to `navigator.credentials.create`.
    pub fn register(&mut self, options: &Value) -> String {
        let options = &options["publicKey"];
        self.user_handle = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let mut data = self.authenticator_data(ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.credential.len()).unwrap().to_be_bytes());
        data.extend(&self.credential);
        // The public key as COSE (RFC 9053): EC2, ES256, P-256, x, y.
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(x);
        data.extend([0x22, 0x58, 0x20]);
        data.extend(y);
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(data);
        let client_data = self.client_data("webauthn.create", &options["challenge"]);
        self.answer(&json!({
            "attestationObject": URL_SAFE_NO_PAD.encode(object),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "transports": ["internal"],
        }))
    }

    /// The answer to `navigator.credentials.get`.
    pub fn sign_in(&self, options: &Value) -> String {
        self.sign(&options["publicKey"]["challenge"])
    }

    pub fn sign(&self, challenge: &Value) -> String {
        let data = self.authenticator_data(0);
        let client_data = self.client_data("webauthn.get", challenge);
        let signed = [data.as_slice(), digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.answer(&json!({
            "authenticatorData": URL_SAFE_NO_PAD.encode(data),
            "clientDataJSON": URL_SAFE_NO_PAD.encode(client_data),
            "signature": URL_SAFE_NO_PAD.encode(signature),
            "userHandle": URL_SAFE_NO_PAD.encode(&self.user_handle),
        }))
    }

    fn answer(&self, response: &Value) -> String {
        let id = URL_SAFE_NO_PAD.encode(&self.credential);
        json!({ "id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {} })
            .to_string()
    }
}
