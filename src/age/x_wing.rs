//! X-Wing, the KEM of age's post-quantum keys: ML-KEM-768 and X25519 together, so that a message
//! stays secret while one of them is unbroken. Follows draft-connolly-cfrg-xwing-kem, whose
//! `MLKEM768-X25519` HPKE calls it.

use curve25519_dalek::montgomery::MontgomeryPoint;
use hpke::generic_array::typenum::{Sum, U32, U96, U192, U1024};
use hpke::kem::SharedSecret;
use hpke::rand_core::{CryptoRng, RngCore};
use hpke::{Deserializable, HpkeError, Serializable};
use ml_kem::kem::{Decapsulate, DecapsulationKey, Encapsulate, EncapsulationKey};
use ml_kem::{EncodedSizeUser, KemCore, MlKem768, MlKem768Params};
use sha3::digest::{ExtendableOutput, Update, XofReader};
use sha3::{Digest, Sha3_256, Shake256};
use zeroize::{Zeroize, Zeroizing};

const KEY_BYTES: usize = 1184;
const CIPHERTEXT_BYTES: usize = 1088;
const LABEL: &[u8] = br"\.//^\";

/// The seed that both halves of the private key are made from.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct PrivateKey(pub(super) Zeroizing<[u8; 32]>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicKey {
    ml_kem: [u8; KEY_BYTES],
    x25519: [u8; 32],
}

#[derive(Clone)]
pub(super) struct EncappedKey {
    ml_kem: [u8; CIPHERTEXT_BYTES],
    x25519: [u8; 32],
}

struct Expanded {
    ml_kem: DecapsulationKey<MlKem768Params>,
    x25519: Zeroizing<[u8; 32]>,
    public: PublicKey,
}

impl PrivateKey {
    fn expand(&self) -> Expanded {
        let mut stream = Shake256::default().chain(self.0.as_slice()).finalize_xof();
        let [mut d, mut z, mut x25519] = [(); 3].map(|()| Zeroizing::new([0; 32]));
        for part in [&mut d, &mut z, &mut x25519] {
            stream.read(part.as_mut_slice());
        }
        let (mut d, mut z) = ((*d).into(), (*z).into());
        let (ml_kem, public) = MlKem768::generate_deterministic(&d, &z);
        d.as_mut_slice().zeroize();
        z.as_mut_slice().zeroize();
        let public = PublicKey {
            ml_kem: public.as_bytes().into(),
            x25519: MontgomeryPoint::mul_base_clamped(*x25519).to_bytes(),
        };
        Expanded { ml_kem, x25519, public }
    }
}

impl PublicKey {
    fn encapsulation_key(&self) -> EncapsulationKey<MlKem768Params> {
        EncapsulationKey::from_bytes(&self.ml_kem.into())
    }
}

/// `None` for the few public keys that agree on the same with everybody, which age refuses.
fn agree(public: &[u8; 32], private: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
    let secret = Zeroizing::new(MontgomeryPoint(*public).mul_clamped(*private).to_bytes());
    (*secret != [0; 32]).then_some(secret)
}

fn combine(ml_kem: &[u8; 32], x25519: &[u8; 32], sent: &[u8; 32], public: &[u8; 32]) -> Secret {
    let hash = Sha3_256::new();
    let hash = hash.chain(ml_kem).chain(x25519).chain(sent).chain(public).chain(LABEL);
    SharedSecret(hash.finalize())
}

type Secret = SharedSecret<XWing>;

pub(super) struct XWing;

impl hpke::Kem for XWing {
    type PublicKey = PublicKey;
    type PrivateKey = PrivateKey;
    type EncappedKey = EncappedKey;
    type NSecret = U32;
    const KEM_ID: u16 = 0x647a;

    fn sk_to_pk(private: &PrivateKey) -> PublicKey {
        private.expand().public
    }

    fn derive_keypair(ikm: &[u8]) -> (PrivateKey, PublicKey) {
        let mut seed = Zeroizing::new([0; 32]);
        Shake256::default().chain(ikm).finalize_xof().read(seed.as_mut_slice());
        let private = PrivateKey(seed);
        let public = Self::sk_to_pk(&private);
        (private, public)
    }

    fn decap(
        private: &PrivateKey,
        sender: Option<&PublicKey>,
        sent: &EncappedKey,
    ) -> Result<Secret, HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::DecapError);
        }
        let key = private.expand();
        let secret = key.ml_kem.decapsulate(&sent.ml_kem.into());
        let ml_kem = Zeroizing::new(secret.map_err(|()| HpkeError::DecapError)?.into());
        let x25519 = agree(&sent.x25519, &key.x25519).ok_or(HpkeError::DecapError)?;
        Ok(combine(&ml_kem, &x25519, &sent.x25519, &key.public.x25519))
    }

    fn encap<R: CryptoRng + RngCore>(
        public: &PublicKey,
        sender: Option<(&PrivateKey, &PublicKey)>,
        random: &mut R,
    ) -> Result<(Secret, EncappedKey), HpkeError> {
        if sender.is_some() {
            return Err(HpkeError::EncapError);
        }
        let sealed = public.encapsulation_key().encapsulate(random);
        let (sealed, secret) = sealed.map_err(|()| HpkeError::EncapError)?;
        let ml_kem = Zeroizing::new(secret.into());
        let mut once = Zeroizing::new([0; 32]);
        random.fill_bytes(once.as_mut_slice());
        let sent = EncappedKey {
            ml_kem: sealed.into(),
            x25519: MontgomeryPoint::mul_base_clamped(*once).to_bytes(),
        };
        let x25519 = agree(&public.x25519, &once).ok_or(HpkeError::EncapError)?;
        let secret = combine(&ml_kem, &x25519, &sent.x25519, &public.x25519);
        Ok((secret, sent))
    }
}

fn wrong_length(expected: usize, bytes: &[u8]) -> HpkeError {
    HpkeError::IncorrectInputLength(expected, bytes.len())
}

/// The bytes for ML-KEM, and the 32 for X25519 after them.
fn split<const N: usize>(bytes: &[u8]) -> Result<([u8; N], [u8; 32]), HpkeError> {
    let (ml_kem, x25519) =
        bytes.split_first_chunk::<N>().ok_or_else(|| wrong_length(N + 32, bytes))?;
    let x25519 = x25519.try_into().map_err(|_| wrong_length(N + 32, bytes))?;
    Ok((*ml_kem, x25519))
}

fn join(buffer: &mut [u8], ml_kem: &[u8], x25519: &[u8; 32]) {
    for (to, from) in buffer.iter_mut().zip(ml_kem.iter().chain(x25519)) {
        *to = *from;
    }
}

impl Deserializable for PrivateKey {
    fn from_bytes(bytes: &[u8]) -> Result<Self, HpkeError> {
        let seed = bytes.try_into().map_err(|_| wrong_length(32, bytes))?;
        Ok(PrivateKey(Zeroizing::new(seed)))
    }
}

impl Serializable for PrivateKey {
    type OutputSize = U32;

    fn write_exact(&self, buffer: &mut [u8]) {
        join(buffer, &[], &self.0);
    }
}

impl Deserializable for PublicKey {
    fn from_bytes(bytes: &[u8]) -> Result<Self, HpkeError> {
        let (ml_kem, x25519) = split(bytes)?;
        let key = PublicKey { ml_kem, x25519 };
        // The check of FIPS 203, section 7.2: numbers of the key are below ML-KEM's modulus.
        let is_sound = key.encapsulation_key().as_bytes().as_slice() == ml_kem;
        if !is_sound || agree(&x25519, &[1; 32]).is_none() {
            return Err(HpkeError::ValidationError);
        }
        Ok(key)
    }
}

impl Serializable for PublicKey {
    type OutputSize = Sum<U1024, U192>;

    fn write_exact(&self, buffer: &mut [u8]) {
        join(buffer, &self.ml_kem, &self.x25519);
    }
}

impl Deserializable for EncappedKey {
    fn from_bytes(bytes: &[u8]) -> Result<Self, HpkeError> {
        let (ml_kem, x25519) = split(bytes)?;
        Ok(EncappedKey { ml_kem, x25519 })
    }
}

impl Serializable for EncappedKey {
    type OutputSize = Sum<U1024, U96>;

    fn write_exact(&self, buffer: &mut [u8]) {
        join(buffer, &self.ml_kem, &self.x25519);
    }
}
