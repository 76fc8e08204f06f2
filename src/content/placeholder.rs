//! Values that stand for others: what nothing replaced before it got here. Only whole values, of
//! one line; inside a file such words are for its reader.

/// Stands for an expression of a template: what it gives is not in the text.
pub(crate) const EXPRESSION: char = '\u{1}';
/// Marks around anything, as in `${X:-default}` and `{{ .Values.x | quote }}`.
const AROUND_ANYTHING: &str = "${ }  $( )  {{ }}  <% %>  #{ }  #{ }#";
/// Marks around a name: a letter, and letters, digits, `_`, `-` and `.`.
const AROUND_NAMES: &str = "%( )s  (( ))  [[ ]]  << >>  @@ @@  %% %%  __ __  ## ##  ** **  $$ $$";
/// Marks around what a person writes there, or the path of Argo CD's Vault plugin; no tag of XML.
const AROUND_WORDS: &str = "< >";
/// Marks that may also stand around a password: only around a name that says what belongs there,
/// or one in capitals with `_`.
const AROUND_TELLING: &str = "[ ]  ( )  { }  % %  @ @  * *";
/// Starts of references that some program would have to follow: 1Password, vals, Vault's webhook,
/// cloud stores, Ansible.
const REFERENCES: &str = "op:// ref+ vault:// awssm:// awsssm:// awssecret:// ssm:// gcpsm:// \
    gcp-sm:// sm:// berglas:// azurekeyvault:// akv:// keyvault:// bw:// doppler:// infisical:// \
    !vault secretref+";
/// Whole values without their punctuation, in lower case.
const WORDS: &str = "changeme changethis pleasechange pleasechangeme changemeplease changemenow \
    replaceme replacethis fillme fillmein setme editme updateme todo fixme tbd placeholder \
    redacted masked sensitive sensitivevalue knownafterapply example dummy notset yourvaluehere";
/// What values are of: a name that ends so says what belongs in its place.
const NOUNS: &str = "password passwd passphrase pass pwd secret secrets token key apikey \
    credential credentials user username login id value name host hostname domain email url uri \
    cert certificate";

/// Whether a value as a whole is a placeholder or a reference that nothing replaced. No password
/// that somebody chose is one, be it a bad one.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = unquoted(text.trim());
    if text.is_empty() || text.contains(['\n', '\r']) || text.len() > 512 {
        return false;
    }
    is_filler(text, 3)
        || is_framed(text)
        || is_variable(text)
        || is_reference(text)
        || is_example(text)
        || is_said(text)
}

/// Without quotes that became part of the value.
fn unquoted(text: &str) -> &str {
    ["\"", "'", "`"]
        .iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}

/// `***`, `...`, `xxxx-xxxx`, Argo CD's `++++++++`.
pub(super) fn is_filler(text: &str, fewest: usize) -> bool {
    let first = text.chars().next().unwrap_or_default();
    let same = text.chars().all(|c| c == first);
    let count = text.chars().count();
    let marks = matches!(first, '*' | '.' | '…' | '?' | '•' | '●' | 'x' | 'X' | '-' | '_');
    if same && (marks && count >= fewest || matches!(first, '+' | '#' | '<' | '>') && count > 3) {
        return true;
    }
    let crosses = text.chars().filter(|c| matches!(c, 'x' | 'X')).count();
    crosses >= 4 && text.chars().all(|c| matches!(c, 'x' | 'X' | '-' | '.' | ' '))
}

fn is_framed(text: &str) -> bool {
    let is_around = |marks: &str, is_meant: fn(&str) -> bool| {
        marks.split("  ").filter_map(|pair| pair.split_once(' ')).any(|(open, close)| {
            let inside = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
            inside.is_some_and(|inside| is_meant(inside.trim()))
        })
    };
    is_around(AROUND_ANYTHING, |inside| !inside.is_empty())
        || is_around(AROUND_NAMES, is_name)
        || is_around(AROUND_WORDS, is_prose)
        || is_around(AROUND_TELLING, is_telling)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

fn is_prose(text: &str) -> bool {
    let is_path = text.starts_with("path:") || text.contains("://");
    is_path
        || text.starts_with(char::is_alphabetic)
            && !text.ends_with('/')
            && text.chars().all(|c| {
                c.is_alphanumeric()
                    || matches!(c, ' ' | '_' | '-' | '.' | '/' | ':' | '#' | ',' | '\'' | '…')
            })
}

fn is_telling(text: &str) -> bool {
    let capitals = text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.contains('_')
        && text.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit());
    let words = words(text);
    let noun = words.last().is_some_and(|last| is_noun(last));
    is_prose(text) && (capitals || noun || is_said(text) || text.eq_ignore_ascii_case("hidden"))
}

/// `$DB_PASSWORD`. A password may start with a dollar sign.
fn is_variable(text: &str) -> bool {
    text.strip_prefix('$').is_some_and(|name| {
        name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit())
            && is_telling(name)
    })
}

/// `op://vault/item/field`, `vault:secret/data/db#password`.
fn is_reference(text: &str) -> bool {
    let vault = text.trim_start_matches('>').strip_prefix("vault:");
    REFERENCES.split(' ').any(|start| text.starts_with(start))
        || vault.is_some_and(|path| path.contains(['/', '#']) && !path.contains(' '))
}

/// What manuals show: AWS's examples, and tokens that end in crosses or dots.
fn is_example(text: &str) -> bool {
    let aws = text.ends_with("EXAMPLE") || text.ends_with("EXAMPLEKEY");
    let crosses = text.chars().rev().take_while(|c| matches!(c, 'x' | 'X')).count();
    aws && text.len() >= 16 && !text.contains(' ') || crosses >= 8
}

fn is_noun(word: &str) -> bool {
    NOUNS.split(' ').any(|noun| noun == word)
}

const DONE_LATER: &str = "added changed created defined filled generated injected managed \
    overwritten populated provided replaced set supplied";

/// Words in which people say that something else belongs here.
fn is_said(text: &str) -> bool {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.iter().any(|word| word.chars().any(|c| c.is_ascii_digit())) {
        return false;
    }
    let joined = words.concat();
    let noun = words.last().is_some_and(|last| is_noun(last));
    let here = joined.ends_with("here") && words.len() > 1;
    let said = match words.as_slice() {
        ["changeme" | "replaceme", ..]
        | ["change" | "replace", "me" | "this" | "with" | "by" | "in", ..]
        | ["please", "change" | "replace" | "set" | "fill", ..] => true,
        ["to" | "will" | "must", "be", past, ..] | [past, "by" | "via", _, ..] => {
            DONE_LATER.split(' ').any(|word| word == *past)
        }
        ["your" | "insert" | "enter" | "put" | "paste" | "provide" | "add", ..] if here => true,
        ["my", ..] => here,
        [
            "your" | "dummy" | "example" | "placeholder" | "redacted" | "todo" | "fixme" | "tbd",
            _,
            ..,
        ]
        | [
            "insert" | "enter" | "put" | "add" | "paste" | "provide" | "fill" | "use" | "type",
            "your" | "the" | "a" | "my",
            ..,
        ] => noun || here,
        [first, .., "here"] => is_noun(first),
        [.., "placeholder"] => words.iter().any(|word| is_noun(word)),
        [yours] => {
            yours.strip_prefix("your").is_some_and(|rest| is_noun(rest.trim_end_matches("here")))
        }
        _ => false,
    };
    said || WORDS.split(' ').any(|word| word == joined)
}

/// A value's words in lowercase, split at other characters and before capitals.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut open, mut small) = (false, false);
    for c in text.chars() {
        if !c.is_alphanumeric() {
            (open, small) = (false, false);
            continue;
        }
        if !open || small && c.is_uppercase() {
            words.push(String::new());
        }
        (open, small) = (true, c.is_lowercase());
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn what_nothing_replaced() {
        let texts = r##"
${DB_PASSWORD}   ${DB_PASSWORD:-}   $(DB_PASSWORD)   $DB_PASSWORD   $PASSWORD
${{ secrets.TOKEN }}   {{ .Values.db.password }}   {{ .Values.x | quote }}
<%= ENV['X'] %>   #{DB_PASSWORD}#   #{db.password}   %(password)s   ((db-password))
<CHANGE_ME>   <your password>   <path:secret/data/db#password>
<path:avp/data/x#y | base64encode>   **SOPS**   @@DB_PASSWORD@@   @db.password@
%%TOKEN%%   %DB_PASSWORD%   __TOKEN__   [REDACTED]   [YOUR_API_KEY]   (sensitive value)
{PASSWORD}   ***REDACTED***   *****   ...   xxxx   xxxxxxxx-xxxx-xxxx
ghp_xxxxxxxxxxxxxxxx   ++++++++   ••••••   change-me   changeme   CHANGE_ME!   ChangeMe
change-me-in-production   please change me   REPLACE_ME   REPLACE_WITH_TOKEN
replace-me-with-a-real-key   your-password   YOUR_GITHUB_TOKEN   yourpassword
your-api-key-here   insert-your-token-here   INSERT_TOKEN_HERE   enter your password
password-here   TODO   TODO: set password   FIXME   TBD   to-be-replaced   set-by-ci
dummy   dummy-password   example   placeholder   token-placeholder
op://vault/db/password   ref+vault://secret/db#/password   vault:secret/data/db#password
>>vault:secret/data/db#password   !vault |   gcpsm://project/secret   AKIAIOSFODNN7EXAMPLE
wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY   "${X}"
"##;
        let texts =
            texts.lines().flat_map(|line| line.split("   ")).filter(|text| !text.is_empty());
        for text in texts {
            assert!(is_placeholder(text), "{text:?}");
        }
    }

    #[test]
    fn what_people_choose_and_programs_make() {
        let texts = r##"
hunter2   password   Password1!   secret   admin   changeit   changeme123   letmein   none
null   false   a   -   .   x   $HUNTER2
$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy   $9key   <a   <config/>
<b>x</b>   ["a", "b"]   [admin]   []   {}   {"a": 1}   {a1b2c3}   %a1b2c3%   @dm1n@
*k3y*   (a)   __a1!__   p....   hunter2...   postgres://app:${PASSWORD}@db/shop
prefix-${X}   ${A   a b c   correct horse battery staple   change the world
use the force luke   put the kettle on   my secret   my-app   your   here   example.com
db.example.test   user@example.com   todolist   vault   vault:8200
vault.example.test:8200   info   000000   ====   MIIEvQIBADANBgkqhkiG9w0BAQEFAASC   aXxXx
3f2504e0-4f89-11d3-9a0c-0305e82c3301
"##;
        let texts =
            texts.lines().flat_map(|line| line.split("   ")).filter(|text| !text.is_empty());
        for text in texts.chain(["", " ", "#!/bin/sh\necho ${HOME}\n", "A=${A}\nB=${B}\n"]) {
            assert!(!is_placeholder(text), "{text:?}");
        }
    }
}
