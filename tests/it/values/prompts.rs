//! The prompt, on a terminal of its own: `script` makes one.

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

use super::Keys;
use crate::pty::{Ended, Typed};

/// A run on a terminal. Each line is typed once its prompt is there: what is typed before is shown
/// by the terminal itself. Gives what the terminal showed, and the status.
fn typed(keys: &Keys, words: &str, lines: &[(&str, &str)]) -> Option<(String, i32)> {
    let script = Path::new("/usr/bin/script");
    if !script.exists() {
        eprintln!("SKIPPED: there is no script(1)");
        return None;
    }
    let command = format!("{} {words} -i key.txt", crate::case::MINTAGE);
    let mut command = keys.case.tool(script, ["-qec", &command, "/dev/null"]).command();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut shown = Vec::new();
    let mut byte = [0];
    for (prompt, line) in lines {
        let has = |shown: &[u8]| String::from_utf8_lossy(shown).contains(prompt);
        while !has(&shown) && stdout.read(&mut byte).unwrap() == 1 {
            shown.push(byte[0]);
        }
        // The prompt comes right before the terminal stops to show what is typed.
        std::thread::sleep(std::time::Duration::from_millis(200));
        writeln!(stdin, "{line}").unwrap();
    }
    stdout.read_to_end(&mut shown).unwrap();
    let status = child.wait().unwrap();
    Some((String::from_utf8_lossy(&shown).into_owned(), status.code().unwrap()))
}

#[test]
fn a_value_is_asked_for_twice_and_never_shown() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    let first = "New value of `PW` of `a`: ";
    let lines = [(first, "hunter2 typed"), ("The same again: ", "hunter2 typed")];
    let Some((shown, status)) = typed(&keys, "set a PW", &lines) else { return };
    assert!(status == 0 && !shown.contains("hunter2"), "{shown}");
    assert_eq!(keys.opened("secrets/a/PW.age"), "hunter2 typed");
    let lines = [(first, "hunter3"), ("The same again: ", "hunter4")];
    let (shown, status) = typed(&keys, "set a PW", &lines).unwrap();
    assert!(status == 2 && shown.contains("the two values differ"), "{shown}");
    assert!(!shown.contains("hunter3"), "{shown}");
    assert_eq!(keys.opened("secrets/a/PW.age"), "hunter2 typed");
    // What can't be set is said before anything is asked.
    let (shown, status) = typed(&keys, "set a PW --type tls", &[]).unwrap();
    assert!(status == 2 && !shown.contains("New value"), "{shown}");
}

#[test]
fn a_removal_that_takes_more_is_asked_about() {
    let spec = "[vars]\nitems = [\"x\", \"y\"]\n[[opaque]]\nfor-each = \"vars.items\"\n\
                name = \"a-{{ each.value }}\"\ndata.PW = { age = \"{{ each.value }}.age\" }\n";
    let keys = Keys::new(spec);
    keys.encrypt("x.age", "hunter2");
    keys.encrypt("y.age", "hunter2");
    let before = keys.spec();
    let question = "Remove the value? [y/N] ";
    let answered = |answer: &str| typed(&keys, "unset a-x PW", &[(question, answer)]);
    let Some((shown, status)) = answered("n") else { return };
    assert!(status == 2 && shown.contains("the removal was not confirmed"), "{shown}");
    assert!(shown.find("this also removes `PW` of `a-y`") < shown.find(question), "{shown}");
    assert_eq!(keys.spec(), before);
    let (shown, status) = answered("y").unwrap();
    assert!(status == 0 && shown.contains("removed `PW` of `a-x`"), "{shown}");
    assert!(!keys.case.path("x.age").exists() && !keys.case.path("y.age").exists());
}

/// What happens at a prompt that appears and is answered like this.
fn answered(keys: &Keys, words: &str, answers: &[(&str, &str)]) -> Ended {
    let words: Vec<&str> = words.split(' ').chain(["-i", "key.txt"]).collect();
    let mut typed = Typed::start(&keys.case, &words, &[]);
    for (prompt, answer) in answers {
        typed.expect(prompt).send_bytes(answer.chars().map(|c| c as u8).collect());
    }
    typed.end()
}

#[test]
fn a_prompt_can_be_left() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    let before = keys.spec();
    // At once: before the prompt is there, nothing is shown either.
    for (answer, code, signal) in [("\x03", None, Some(2)), ("\x04", Some(2), None)] {
        let ended = answered(&keys, "set a PW", &[("New value", answer)]);
        assert_eq!((ended.code, ended.signal), (code, signal), "{}", ended.shown);
        let lines = [("New value", "hunter2\n"), ("The same again", answer)];
        let ended = answered(&keys, "set a PW", &lines);
        assert_eq!((ended.code, ended.signal), (code, signal), "{}", ended.shown);
        assert!(!ended.shown.contains("hunter2"), "{}", ended.shown);
        assert_eq!(keys.spec(), before);
    }
}

#[test]
fn what_is_typed_is_stored_or_refused() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    // Longer than a line of a terminal can be.
    let long = format!("{}\n", "hunter2".repeat(1_000));
    let lines = [("New value", long.as_str()), ("The same again", long.as_str())];
    let ended = answered(&keys, "set a PW", &lines);
    assert!(ended.code == Some(0) && !ended.shown.contains("hunter2"), "{}", ended.shown);
    assert_eq!(keys.opened("secrets/a/PW.age"), long.trim_end());
    // Latin-1.
    let ended = answered(&keys, "set a PW", &[("New value", "hunter3 \u{ff}\u{fe}\n")]);
    assert!(ended.code == Some(2) && ended.shown.contains("is not UTF-8"), "{}", ended.shown);
    assert!(!ended.shown.contains("hunter3"), "{}", ended.shown);
    assert_eq!(keys.opened("secrets/a/PW.age"), long.trim_end());
}

/// rpassword leaves them out: the value would be another one, twice the same.
#[test]
fn a_value_with_control_characters_is_refused() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    let before = keys.spec();
    for control in ["\t", "\0", "\x1a", "\x1c", "\x1b[D", "\x1bx", "\u{c2}\u{85}"] {
        let line = format!("hunter{control}2\n");
        let ended = answered(&keys, "set a PW", &[("New value", &line)]);
        assert!(ended.code == Some(2), "{control:?}: {}", ended.shown);
        assert!(ended.shown.contains("has a control character"), "{control:?}: {}", ended.shown);
        assert!(!ended.shown.contains("hunter"), "{}", ended.shown);
    }
    assert_eq!(keys.spec(), before);
    // Keys that correct a line are no part of it.
    let line = "x\x15hunter wrong\x1723\x08\u{c3}\u{85}\x7f\n";
    let lines = [("New value", line), ("The same again", "hunter 2\n")];
    let ended = answered(&keys, "set a PW", &lines);
    assert_eq!(ended.code, Some(0), "{}", ended.shown);
    assert_eq!(keys.opened("secrets/a/PW.age"), "hunter 2");
}

/// What a prompt does not read would be shown by the shell, run, and kept in its history.
#[test]
fn lines_pasted_into_a_prompt_stay_secret() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    let before = keys.spec();
    let pasted = "hunter2 a\nhunter2 b\nhunter2 c\nhunter2 d\n";
    let mut shell = Typed::shell(&keys.case, "\"$0\" set a PW -i key.txt; echo ended; cat");
    let prompt = "New value of `PW` of `a`: ";
    shell.expect(prompt).send(pasted).expect("ended").send("rest\n\x04").expect("rest\r\nrest");
    let shown = shell.end().shown;
    assert!(shown.contains("what was typed has more than one line"), "{shown}");
    assert!(!shown.contains("hunter2"), "{shown}");
    // The second prompt, and one that is left.
    for last in ["hunter2 a\nhunter2 b\n", "\x03hunter2 b\n"] {
        let mut shell = Typed::shell(&keys.case, "\"$0\" set a PW -i key.txt; echo ended; cat");
        shell.expect(prompt).send("hunter2 a\n").expect("The same again").send(last);
        shell.expect("ended").send("rest\n\x04").expect("rest\r\nrest");
        let shown = shell.end().shown;
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    // None is left behind an empty line either.
    let mut shell = Typed::shell(&keys.case, "\"$0\" set a PW -i key.txt; echo ended; cat");
    shell.expect(prompt).send("\nhunter2 a\n").expect("ended").send("rest\n\x04");
    let shown = shell.expect("rest\r\nrest").end().shown;
    assert!(shown.contains("nothing was typed") && !shown.contains("hunter2"), "{shown}");
    assert_eq!(keys.spec(), before);
    // The value and its repetition may come at once.
    let ended = answered(&keys, "set a PW", &[("New value", "hunter2\nhunter2\n")]);
    assert_eq!(ended.code, Some(0), "{}", ended.shown);
}

#[test]
fn an_answer_that_is_not_text_is_no_yes() {
    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    keys.set("a PW", "hunter2");
    let other = keys.case.args("keygen -o other.txt").succeeds().text();
    let more = format!("bob = \"{}\"\n\n[[encrypt]]", other.trim());
    let text = keys.case.read("mintage.toml").replace("\n[[encrypt]]", &more);
    keys.case.write("mintage.toml", text.replace("[\"me\"]", "[\"me\", \"bob\"]"));
    let before = std::fs::read(keys.case.path("secrets/a/PW.age")).unwrap();
    for answer in ["\u{ff}\u{fe}\n", "n\n", "\x04", "\n"] {
        let ended = answered(&keys, "rekey", &[("[y/N]", answer)]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.shown.contains("new readers were not confirmed"), "{}", ended.shown);
        assert_eq!(std::fs::read(keys.case.path("secrets/a/PW.age")).unwrap(), before);
    }
}

/// A signal of another program ends a prompt without a key, and the terminal shows again what is
/// typed.
#[test]
fn a_signal_ends_a_prompt_and_restores_the_terminal() {
    use rustix::process::{Pid, Signal, kill_process};
    use rustix::termios::LocalModes;

    let keys = Keys::new("[[opaque]]\nname = \"a\"\n");
    let before = keys.spec();
    for (signal, number) in
        [(Signal::INT, 2), (Signal::TERM, 15), (Signal::HUP, 1), (Signal::QUIT, 3)]
    {
        for typed_before in ["", "hunter2", "hunter2\n"] {
            let mut typed = Typed::start(&keys.case, &["set", "a", "PW", "-i", "key.txt"], &[]);
            typed.expect("New value").send(typed_before);
            if typed_before.ends_with('\n') {
                typed.expect("The same again");
            }
            let process = Pid::from_raw(typed.id()).expect("a process");
            kill_process(process, signal).expect("a signal");
            let ended = typed.end();
            assert_eq!((ended.code, ended.signal), (None, Some(number)), "{}", ended.shown);
            assert!(!ended.shown.contains("hunter2"), "{}", ended.shown);
            let shows = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
            assert!(typed.modes().contains(shows));
            assert_eq!(keys.spec(), before);
        }
    }
}
