//! Just enough DER to read certificates and keys, with the strictness of Go's `cryptobyte` and
//! `encoding/asn1`.
//! A general DER crate refuses things that Go takes (serial numbers of more than 20 bytes, times
//! with an offset, elements after the last known one), and a pair that Go takes must not be refused
//! here.

/// Universal tags, and the form of context-specific ones.
pub(crate) mod tag {
    pub(crate) const BOOLEAN: u8 = 0x01;
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(crate) const UTF8_STRING: u8 = 0x0c;
    pub(crate) const NUMERIC_STRING: u8 = 0x12;
    pub(crate) const PRINTABLE_STRING: u8 = 0x13;
    pub(crate) const IA5_STRING: u8 = 0x16;
    pub(crate) const UTC_TIME: u8 = 0x17;
    pub(crate) const GENERALIZED_TIME: u8 = 0x18;
    pub(crate) const BMP_STRING: u8 = 0x1e;
    pub(crate) const SEQUENCE: u8 = 0x30;
    pub(crate) const SET: u8 = 0x31;

    /// `[number]` around one value.
    pub(crate) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// `[number]` around other elements.
    pub(crate) const fn constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// The bytes are not what the format says. Where and why would help nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Malformed;

#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub tag: u8,
    pub content: &'a [u8],
    /// Tag and length too.
    pub whole: &'a [u8],
}

/// Takes elements off the front of a slice.
#[derive(Clone, Copy)]
pub(crate) struct DerReader<'a> {
    rest: &'a [u8],
}

impl<'a> DerReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) fn at(&self, tag: u8) -> bool {
        self.rest.first() == Some(&tag)
    }

    /// X.690 sections 8.1 and 10.1: definite, shortest length; tags below 31.
    fn header(&mut self) -> Result<(u8, usize), Malformed> {
        let (&tag, rest) = self.rest.split_first().ok_or(Malformed)?;
        let (&first, mut rest) = rest.split_first().ok_or(Malformed)?;
        if tag & 0x1f == 0x1f {
            return Err(Malformed);
        }
        let mut length = usize::from(first);
        if first >= 0x80 {
            let (bytes, after) =
                rest.split_at_checked(usize::from(first & 0x7f)).ok_or(Malformed)?;
            rest = after;
            if bytes.len() > 4 || bytes.first().is_none_or(|byte| *byte == 0) {
                return Err(Malformed);
            }
            length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
            if length < 0x80 {
                return Err(Malformed);
            }
        }
        self.rest = rest;
        Ok((tag, length))
    }

    pub(crate) fn element(&mut self) -> Result<Element<'a>, Malformed> {
        let start = self.rest;
        let (tag, length) = self.header()?;
        let (content, after) = self.rest.split_at_checked(length).ok_or(Malformed)?;
        let (whole, _) = start.split_at_checked(start.len() - after.len()).ok_or(Malformed)?;
        self.rest = after;
        Ok(Element { tag, content, whole })
    }

    /// Steps into the next element, if it has this tag. Like Go's `encoding/asn1` at an optional
    /// field, this wants a sound header of whatever is next, and does not look where the element
    /// ends.
    pub(crate) fn enter(&mut self, tag: u8) -> Result<bool, Malformed> {
        // Tags above 30 are no field of a key, and only Go's other reader refuses them.
        if self.rest.first().is_none_or(|tag| tag & 0x1f == 0x1f) {
            return Ok(false);
        }
        let mut inside = *self;
        let is_next = inside.header()?.0 == tag;
        if is_next {
            *self = inside;
        }
        Ok(is_next)
    }

    fn tagged(&mut self, tag: u8) -> Result<Element<'a>, Malformed> {
        self.element().and_then(|found| if found.tag == tag { Ok(found) } else { Err(Malformed) })
    }

    pub(crate) fn take(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        self.tagged(tag).map(|element| element.content)
    }

    pub(crate) fn whole(&mut self, tag: u8) -> Result<&'a [u8], Malformed> {
        self.tagged(tag).map(|element| element.whole)
    }

    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, Malformed> {
        if self.at(tag) { self.take(tag).map(Some) } else { Ok(None) }
    }

    pub(crate) fn sequence(&mut self) -> Result<DerReader<'a>, Malformed> {
        self.take(tag::SEQUENCE).map(DerReader::new)
    }

    /// An INTEGER in its shortest form, in two's complement.
    pub(crate) fn integer(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.take(tag::INTEGER)?;
        match content {
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => Err(Malformed),
            _ => Ok(content),
        }
    }

    /// An INTEGER above zero, without leading zeros.
    pub(crate) fn positive(&mut self) -> Result<&'a [u8], Malformed> {
        match self.integer()? {
            [0x80..=0xff, ..] | [0] => Err(Malformed),
            [0, rest @ ..] => Ok(rest),
            content => Ok(content),
        }
    }

    pub(crate) fn small(&mut self) -> Result<i64, Malformed> {
        let content = self.integer()?;
        if content.len() > 8 {
            return Err(Malformed);
        }
        let sign = if content.first().is_some_and(|byte| *byte >= 0x80) { -1 } else { 0 };
        Ok(content.iter().fold(sign, |value: i64, byte| value << 8 | i64::from(*byte)))
    }

    /// An OBJECT IDENTIFIER, as its content bytes. Arcs must be in their shortest form and below
    /// 2^31.
    pub(crate) fn oid(&mut self) -> Result<&'a [u8], Malformed> {
        let content = self.take(tag::OBJECT_IDENTIFIER)?;
        if content.last().is_none_or(|byte| *byte >= 0x80) {
            return Err(Malformed);
        }
        let arcs = content.split_inclusive(|byte| *byte < 0x80);
        let fits = |arc: &[u8]| {
            let value = arc.iter().try_fold(0_u32, |value, byte| {
                let value = value.checked_mul(0x80)? | u32::from(byte & 0x7f);
                (value <= 0x7fff_ffff).then_some(value)
            });
            arc.first() != Some(&0x80) && value.is_some()
        };
        if arcs.into_iter().all(fits) { Ok(content) } else { Err(Malformed) }
    }

    pub(crate) fn boolean(&mut self) -> Result<bool, Malformed> {
        match self.take(tag::BOOLEAN)? {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(Malformed),
        }
    }

    /// A BIT STRING: how many bits of the last byte are unused (and zero), and the bytes.
    pub(crate) fn bit_string(&mut self) -> Result<(u8, &'a [u8]), Malformed> {
        let (&unused, bytes) = self.take(tag::BIT_STRING)?.split_first().ok_or(Malformed)?;
        let is_padded = match bytes.last() {
            Some(last) => unused < 8 && last & ((1 << unused) - 1) == 0,
            None => unused == 0,
        };
        if is_padded { Ok((unused, bytes)) } else { Err(Malformed) }
    }
}

#[cfg(test)]
mod tests {
    use super::DerReader;

    #[test]
    fn only_the_shortest_form_is_read() {
        let long = |header: &[u8]| [header, &[0; 0x80]].concat();
        assert!(DerReader::new(&[4, 1, 7]).element().is_ok());
        assert!(DerReader::new(&long(&[4, 0x81, 0x80])).element().is_ok());
        for der in
            [&[4, 0x81, 1, 7][..], &[4, 0x80], &[4, 2, 7], &[4, 0x84, 0xff, 0xff, 0xff, 0xff]]
        {
            assert!(DerReader::new(der).element().is_err(), "{der:?}");
        }
        assert!(DerReader::new(&long(&[4, 0x82, 0, 0x80])).element().is_err());
        for (number, der) in [
            (Some(-1), &[2, 1, 0xff][..]),
            (Some(255), &[2, 2, 0, 0xff]),
            (None, &[2, 2, 0, 0x7f]),
            (None, &[2, 0]),
        ] {
            assert_eq!(DerReader::new(der).small().ok(), number, "{der:?}");
        }
        assert_eq!(DerReader::new(&[2, 2, 0, 0xff]).positive(), Ok([0xff].as_slice()));
        assert!(DerReader::new(&[2, 1, 0]).positive().is_err());
        assert!(DerReader::new(&[6, 3, 0x2b, 0x65, 0x70]).oid().is_ok());
        let arc_of_2_to_the_31 = [6, 6, 0x2b, 0xff, 0xff, 0xff, 0xff, 0x7f];
        for der in [&[6, 2, 0x2b, 0x80][..], &[6, 3, 0x2b, 0x80, 1], &arc_of_2_to_the_31, &[6, 0]] {
            assert!(DerReader::new(der).oid().is_err(), "{der:?}");
        }
    }
}
