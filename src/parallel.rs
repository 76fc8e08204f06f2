//! The same work for many things, on all processors.

use std::{panic::resume_unwind, thread};

/// What `run` makes of each item, in their order. `share` is how many items a thread takes at the
/// least: below that, starting it costs more than it saves.
#[expect(
    clippy::disallowed_methods,
    reason = "the threads end here, and results are in the order of the items"
)]
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    share: usize,
    run: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let most = items.len().div_ceil(share);
    if most <= 1 {
        // Asking how many processors there are takes a look into `/sys`.
        return items.iter().map(run).collect();
    }
    let threads = thread::available_parallelism().map_or(1, usize::from).min(most);
    let run = &run;
    let mut results: Vec<_> = thread::scope(|scope| {
        // Items differ in size, so that taking turns evens out.
        let start = |first| {
            let turns = items.iter().skip(first).step_by(threads);
            scope.spawn(move || turns.map(run).collect::<Vec<R>>())
        };
        let running: Vec<_> = (0..threads).map(start).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)).into_iter())
            .collect()
    });
    (0..items.len()).filter_map(|index| results.get_mut(index % threads)?.next()).collect()
}

#[cfg(test)]
mod tests {
    use super::in_parallel;

    #[test]
    fn results_keep_the_order() {
        for count in [0, 1, 2, 7, 1000] {
            let items: Vec<usize> = (0..count).collect();
            assert_eq!(in_parallel(&items, 1, |item| *item), items);
            assert_eq!(in_parallel(&items, 100, |item| *item), items);
        }
    }
}
