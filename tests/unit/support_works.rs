//! What the tests rely on: work that grows faster is noticed, and seeds are kept.

use std::hint::black_box;

use proptest::test_runner::{TestCaseError, TestRunner};

use crate::unit::support::{Folder, assert_linear, tried_with};

#[test]
#[should_panic(expected = "quadratic: ")]
fn quadratic_work_is_noticed() {
    assert_linear("quadratic", 1 << 9, |size| {
        for end in 0..size {
            (0..end).for_each(|number| _ = black_box(number));
        }
    });
}

#[test]
fn linear_work_passes() {
    assert_linear("linear", 1 << 16, |size| (0..size).for_each(|number| _ = black_box(number)));
}

#[test]
fn the_seed_of_a_failure_is_kept_and_tried_first() {
    let folder = Folder::new();
    let config = || tried_with(&folder.path(""), 50, "mintage::unit::numbers");
    let fails = |config| {
        TestRunner::new(config).run(&(0..1000_u32), |number| match number {
            0..100 => Ok(()),
            _ => Err(TestCaseError::fail("too large")),
        })
    };
    assert!(fails(config()).is_err());
    let seeds = String::from_utf8(folder.read("unit.numbers.txt")).unwrap();
    assert!(
        seeds.lines().any(|line| line.starts_with("cc ") && line.contains("shrinks to 100")),
        "{seeds}"
    );
    // Without a single case of its own, a run has what is in the file.
    let tried = std::cell::Cell::new(0);
    let count = |_| {
        tried.set(tried.get() + 1);
        Ok(())
    };
    TestRunner::new(tried_with(&folder.path(""), 1, "mintage::unit::numbers"))
        .run(&(0..1000_u32), count)
        .unwrap();
    assert_eq!(tried.get(), 2);
}
