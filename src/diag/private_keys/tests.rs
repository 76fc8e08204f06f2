use super::{hidden, is_in};
use crate::unit::support::assert_linear;

const DATA: &str = "QQPQPGZZ3RYUWHM7VQK0E9XF5J2N4T8DCL6SAGRYQPZ7X3VW9MK2JHEDTQ";
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

#[test]
fn heads_and_what_follows() {
    let heads = "AGE-SECRET-KEY-1 age-secret-key-1 Age-Secret-Key-1 AGE-SECRET-KEY-PQ-1 \
        age-secret-key-pq-1 AGE-SECRET-KEY AGE-SECRET-KEY1 AGE-SECRET-KEYS-1";
    for head in heads.split(' ') {
        for data in [DATA, &DATA.to_lowercase(), "QQP", "7QQ\\nPQP/x=y"] {
            let shown = hidden(&format!("can't read `{head}{data}`: it is gone")).into_owned();
            assert_eq!(shown, "can't read `***`: it is gone", "{head}{data}");
        }
    }
}

#[test]
fn keys_are_hidden_and_what_is_public_stays() {
    const LINE: &str = "MIIEowIBAAKCAQEAqA57f+1Cr1EG8hYS6xXKnc18mQ0fZk3Jx9VbYw2LrT5uPd7s";
    const OPENSSH: &str = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9u";
    for (text, expected) in [
        ("--identity=AGE-SECRET-KEY-1QQ.x,-iage-secret-key-1qq", "--identity=***"),
        ("-iage-secret-key-1qq", "-i***"),
        ("AGE-PLUGIN-YUBIKEY-1QQQQQ", "***"),
        // Without a head, torn in two, with a typing error.
        (DATA, "***"),
        (&DATA.to_lowercase(), "***"),
        (&format!("1{DATA}"), "***"),
        (&format!("/home/me/-KEY-1{DATA}.txt"), "/home/me/***.txt"),
        (&format!("--set x={DATA}"), "--set x=***"),
        (&format!("AGE%2DSECRET%2DKEY%2D1{DATA}"), "***"),
        (&format!("'{}'", &DATA[..20]), "'***'"),
        (&format!("'{}'", DATA[30..].to_lowercase()), "'***'"),
        (&DATA.replace("0E", "OE"), "***"),
        (&(DATA[..41].to_owned() + &DATA[41..].to_lowercase()), "***"),
        // PEM, and parts of it.
        ("no file `-----BEGIN RSA PRIVATE KEY----- MIIE7x`: gone", "no file `***`: gone"),
        ("'-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END' found\n\nUsage: x", "'***"),
        ("x ---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ---- AAAA", "x ***"),
        ("-----begin private key-----MIIE", "***"),
        ("PRIVATE KEY-----MIIE", "***"),
        ("-----BEGIN OPENSSH PRIVATE KEY b3Blbn", "***"),
        (&format!("no file `{LINE}`"), "no file `***`"),
        (&format!("no file `{LINE}\nAAAAq9/x==\n`: gone"), "no file `***`: gone"),
        (&format!("no file `{LINE}\\nAAAAq9/x==`: gone"), "no file `***`: gone"),
        (&format!("'{OPENSSH}' found"), "'***' found"),
        (&format!("--set x={OPENSSH}"), "--set ***"),
    ] {
        assert_eq!(hidden(text), expected, "{text}");
    }
    let digest = "9f86d081884c7d659a2feaa0c55ad015a3efff1c2efff822cd15d6c15efff0f00a08";
    for text in [
        "the line that begins with `AGE-SECRET-KEY-1` alone",
        "`AGE-SECRET-KEY-PQ-1` is of age 1.3; `AGE-SECRET-KEY-1` and 58 more",
        "AGE-SECRET-KEY-1... and AGE-SECRET-KEY-...",
        "can't read `age-secret-key.txt`, `age-secret-key-production.age`",
        "`AGE_SECRET_KEY_FILE`, `MINTAGE_SECRET_KEY`, STORAGE-SECRET-KEY-1",
        "it is for `age-plugin-yubikey`",
        RECIPIENT,
        digest,
        &digest[..40],
        &"n".repeat(64),
        "a-name-of-many-words-each-of-which-has-few-characters-and-dashes",
        "web-7f8g9h2k4t/app-9d4c7f6b5c-x2x9z",
        "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDO",
        "deletionGracePeriodSeconds 20240229T083500Z",
        "/usr/share/man/man1/kubernetes",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7vbqajDhA5Jx9VbYw2LrT5uPd7sQ0fZk3mQ0fZk3Jx9VbYw",
        "/home/Alice/Projects2026/company/platform/secrets/Production3/Certificates/ShopBackend/x",
        "between `-----BEGIN PRIVATE KEY-----` and `-----END PRIVATE KEY-----`",
        "leave nothing before `-----BEGIN AGE ENCRYPTED FILE-----`",
        "`-----BEGIN OPENSSH PRIVATE KEY-----\n…` is no name",
    ] {
        assert_eq!(hidden(text), text);
    }
    assert!(is_in(&RECIPIENT.replace("ql3", "ql4")), "a mistyped one may be anything");
    assert!(is_in(&RECIPIENT.to_uppercase()));
}

#[test]
fn mistyped_heads_of_short_pieces() {
    let heads = "AGE-SECRE-KEY-1 AGE-SECRET-KEY1 AGE-SECERT-KEY-1 AGESECRETKEY1 AGE-SECRET-KY-1 \
        AGE_SECRET_KEY_1 GE-SECRET-KEY-1 age-secre-key-1 agesecretkey1 AGE-SECRET-1KEY-1 \
        AGE-SECRETKEY-";
    for head in heads.split_whitespace() {
        for data in [&DATA[8..20], &DATA[8..16], "7QQ9"] {
            let data = if head.starts_with('a') { data.to_lowercase() } else { data.to_owned() };
            for around in ["can't read `KEY`: gone", "-iKEY", "x=KEY", "\"KEY\""] {
                let shown = hidden(&around.replace("KEY", &format!("{head}{data}"))).into_owned();
                assert!(shown.contains("***") && !shown.contains(&data), "{shown}");
            }
        }
    }
    for text in [
        "`storage-secret-key-1`, `the-secret-key-2024`, my-secret-keys",
        "image-secret-keys-of-production, AGE_SECRET_KEY_PROD, page-secret-key-v2",
        "AGE_SECRET_KEY_FILE_2, manage-secret-keys",
    ] {
        assert_eq!(hidden(text), text);
    }
}

#[test]
fn no_cut_and_no_mistake_shows_a_key() {
    let key = format!("AGE-SECRET-KEY-1{DATA}");
    let leaks = |text: &str| {
        let shown = hidden(text).to_ascii_uppercase();
        (0..DATA.len() - 12).any(|at| shown.contains(&DATA[at..at + 12]))
    };
    for key in [key.clone(), key.to_lowercase()] {
        for at in 0..key.len() {
            for damage in ["", "b", "-", "O", " ", "1", "\u{e9}"] {
                let damaged = format!("`{}{damage}{}`", &key[..at], &key[at + 1..]);
                // Torn near an end, the rest is long enough to be found.
                let torn = matches!(damage, "-" | " " | "\u{e9}") && at > 20;
                assert!(torn || !leaks(&damaged), "{damaged}");
            }
            assert!(key.len() - at < 20 || !leaks(&key[at..]), "{}", &key[at..]);
            assert!(!leaks(&key[..at]), "{}", &key[..at]);
        }
    }
}

#[test]
fn time_is_linear() {
    let pieces = "AGE-SECRET-KEY|-----BEGIN |PRIVATE KEY-|QPZ9|aB3+|b3BlbnNzaC1rZXktdjE|a |`|-";
    for piece in pieces.split('|') {
        assert_linear(piece, 1 << 13, |size| {
            hidden(&piece.repeat(size / piece.len()));
        });
    }
}
