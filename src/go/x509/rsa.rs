//! Whether the numbers of an RSA private key belong together. A key with one wrong character parses
//! as ASN.1 just as well.

use num_bigint_dig::BigUint;
use zeroize::Zeroizing;

use super::public_key::PublicKey;
use crate::go::der::{DerReader, Malformed, tag};

/// The longest modulus that is checked, in bits. Go's TLS takes up to 8192; multiplying takes
/// quadratic time.
const LONGEST_MODULUS: usize = 16_384;

/// Reads the content of an RSAPrivateKey (RFC 8017 section A.1.2) and gives its public key. What is
/// refused is what Go's `x509.ParsePKCS1PrivateKey` refuses since Go 1.24.
pub(crate) fn public_key(mut key: DerReader<'_>) -> Result<PublicKey, Malformed> {
    if key.small()? > 1 {
        return Err(Malformed);
    }
    let modulus = key.positive()?;
    let exponent = key.small()?;
    let secret = key.positive()?;
    let primes = (key.positive()?, key.positive()?);
    // The rest is optional: Go works it out unless all of it is there.
    let mut crt = Vec::with_capacity(3);
    while crt.len() < 3 && key.at(tag::INTEGER) {
        crt.push(key.positive()?);
    }
    let more_primes = key.enter(tag::SEQUENCE)? && !key.is_empty();
    let is_odd = |number: &[u8]| number.last().is_some_and(|byte| byte & 1 == 1);
    if !(3..=0x7fff_ffff).contains(&exponent) || exponent & 1 == 0 || !is_odd(modulus) {
        return Err(Malformed);
    }
    let public = PublicKey::Rsa { modulus: modulus.to_vec(), exponent };
    let longest = [secret, primes.0, primes.1].into_iter().map(<[u8]>::len).max().unwrap_or(0);
    if more_primes || modulus.len() * 8 > LONGEST_MODULUS {
        return Ok(public);
    }
    if longest > modulus.len() {
        return Err(Malformed);
    }
    let e = BigUint::from(u64::try_from(exponent).map_err(|_| Malformed)?);
    let number = |bytes: &[u8]| Zeroizing::new(BigUint::from_bytes_be(bytes));
    let (n, d) = (number(modulus), number(secret));
    let (p, q) = (number(primes.0), number(primes.1));
    let (one, two) = (BigUint::from(1u8), BigUint::from(2u8));
    if *p <= two || *q <= two || &*p * &*q != *n || *d >= *n {
        return Err(Malformed);
    }
    let is_remainder = |crt: &[u8], prime: &BigUint| *number(crt) == &*d % (prime - &one);
    let crt_fits = match crt.as_slice() {
        [dp, dq, inverse] => {
            let inverse = number(inverse);
            is_remainder(dp, &p)
                && is_remainder(dq, &q)
                && *inverse < *p
                && &*inverse * &*q % &*p == one
        }
        _ => true,
    };
    // ed = 1 modulo p-1 and q-1, and neither p and q are so near nor d so small that anyone could
    // find the key.
    let product = &*d * e;
    let distance = if *p > *q { &*p - &*q } else { &*q - &*p };
    let is_consistent = &product % (&*p - &one) == one
        && &product % (&*q - &one) == one
        && distance != BigUint::default()
        && distance.bits() + 100 > n.bits() / 2
        && d.bits() > n.bits() / 2;
    if crt_fits && is_consistent { Ok(public) } else { Err(Malformed) }
}
