//! Signals that ask the process to end wait while something is half done, and end it right after.

#[cfg(unix)]
use signal_hook::consts::{SIGHUP, SIGQUIT, SIGXFSZ};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

/// Runs `body`. SIGTERM, SIGINT, SIGHUP and SIGQUIT that arrive meanwhile end the process as soon
/// as `body` is done, even by a panic; in all other times they end it at once, as ever. May be
/// nested, and run on several threads. `body` should be short.
pub(crate) fn after<T>(body: impl FnOnce() -> T) -> T {
    let _held: Vec<Hold> = SIGNALS.iter().map(Hold::new).collect();
    body()
}

/// The same, of SIGINT alone: for a prompt that can't look for signals. It turns Ctrl-C into SIGINT
/// and has to put the terminal in order first, but SIGTERM must end it although nobody answers.
#[cfg(not(unix))]
pub(crate) fn after_interrupt<T>(body: impl FnOnce() -> T) -> T {
    let _held: Vec<Hold> =
        SIGNALS.iter().filter(|signal| signal.number == SIGINT).map(Hold::new).collect();
    body()
}

/// Whether a signal has come that a running [`after`] holds back: a body that takes longer can stop
/// early and clean up.
pub(crate) fn pending() -> bool {
    SIGNALS.iter().any(|signal| signal.came.load(Ordering::SeqCst))
}

/// The same, of the signals that no key sends: not of SIGINT and SIGQUIT, which a terminal sends to
/// all programs in its foreground.
pub(crate) fn pending_end() -> bool {
    SIGNALS.iter().any(|signal| !is_key(signal.number) && signal.came.load(Ordering::SeqCst))
}

/// Forgets SIGINT and SIGQUIT that a running [`after`] has held back, for a body in which another
/// program had the terminal.
pub(crate) fn forget_keys() {
    for signal in SIGNALS.iter().filter(|signal| is_key(signal.number)) {
        signal.came.store(false, Ordering::SeqCst);
    }
}

fn is_key(number: i32) -> bool {
    #[cfg(unix)]
    let is_quit = number == SIGQUIT;
    #[cfg(not(unix))]
    let is_quit = false;
    is_quit || number == SIGINT
}

/// Lets a file that grows beyond the process's limit be an error of its write, which removes what
/// was written, instead of the end of the process.
pub(crate) fn report_full_files() {
    #[cfg(unix)]
    {
        // Where it can't be registered, the process ends as it would have.
        let _ = flag::register(SIGXFSZ, Arc::default());
    }
}

/// From now on a crash leaves no image of the memory, keys and all, on the disk. Where the system
/// says no, it stays as it is.
pub(crate) fn leave_no_core_dump() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    }
}

/// What the handler of one signal looks at. A process has one handler a signal, so this is the one
/// global of the crate.
struct Signal {
    number: i32,
    /// How many sections hold it back.
    holders: Mutex<usize>,
    /// Nobody holds it back: the handler takes the default action.
    at_once: Arc<AtomicBool>,
    came: Arc<AtomicBool>,
}

/// Handlers are installed at the first section and stay. What can't be installed is left to the
/// system's default.
static SIGNALS: LazyLock<Vec<Signal>> = LazyLock::new(|| {
    #[cfg(unix)]
    let numbers = [SIGTERM, SIGINT, SIGHUP, SIGQUIT];
    #[cfg(not(unix))]
    let numbers = [SIGTERM, SIGINT];
    let ignored = ignored_from_the_start();
    numbers
        .into_iter()
        .filter(|number| ignored >> (number - 1) & 1 == 0)
        .filter_map(Signal::install)
        .collect()
});

impl Signal {
    fn install(number: i32) -> Option<Self> {
        let at_once = Arc::new(AtomicBool::new(true));
        let came = Arc::new(AtomicBool::new(false));
        // In this order: a handler that still sees a holder has noted the signal before that holder
        // looks for it.
        flag::register(number, Arc::clone(&came)).ok()?;
        flag::register_conditional_default(number, Arc::clone(&at_once)).ok()?;
        Some(Self { number, holders: Mutex::new(0), at_once, came })
    }
}

struct Hold(&'static Signal);

impl Hold {
    fn new(signal: &'static Signal) -> Self {
        let mut holders = signal.holders.lock().unwrap_or_else(PoisonError::into_inner);
        *holders += 1;
        signal.at_once.store(false, Ordering::SeqCst);
        Self(signal)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut holders = self.0.holders.lock().unwrap_or_else(PoisonError::into_inner);
        *holders = holders.saturating_sub(1);
        if *holders == 0 {
            self.0.at_once.store(true, Ordering::SeqCst);
            if self.0.came.swap(false, Ordering::SeqCst) {
                // Does not return: these signals end the process, and its status tells the parent
                // which one did.
                let _ = low_level::emulate_default_handler(self.0.number);
            }
        }
    }
}

/// The signals that whoever started us had ignored, bit n-1 for signal n: `nohup` and background
/// jobs of a script must stay deaf to them. Only Linux tells without `unsafe`.
fn ignored_from_the_start() -> u64 {
    if !cfg!(target_os = "linux") {
        return 0;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
