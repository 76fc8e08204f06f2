# Short names for the commands of CONTRIBUTING.md. `just` alone lists them.

_list:
    @just --list --unsorted

# Build the program
build:
    cargo build

# Run the tests: all, or those with a word in their names (`just test tls`)
test *WORDS:
    cargo test {{ WORDS }}

# Check format, lints and spelling
lint:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings
    tests/peers/install typos
    target/peers/bin/typos

# Write the expected output of the cases in tests/ui anew
ui-update:
    UPDATE=1 cargo test --test it ui::

# Build the documentation of the library
docs:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --locked

# Check licences, sources and advisories of the dependencies
deny:
    tests/peers/install cargo-deny
    cargo fetch --locked
    target/peers/bin/cargo-deny check

# Install the tools that tests compare with: all, or these
peers *NAMES:
    tests/peers/install {{ NAMES }}

# Everything the pipeline runs
ci:
    .ci/run
