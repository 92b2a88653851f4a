//! What the kernel says of this process.

/// Resident memory of this process in bytes, from the kernel; `None` where it does not tell.
#[must_use]
pub fn memory_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}

/// Processor time of this process.
pub(super) fn cpu_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// Open file descriptors of this process; `None` where the kernel does not tell.
pub(super) fn open_descriptors() -> Option<usize> {
    // One of them is the directory that is read.
    Some(std::fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_in_bytes() {
        let held = vec![1_u8; 64 << 20];
        let memory = memory_bytes().unwrap();
        assert!(memory > held.len() as u64 && memory < 64 << 30, "{memory}");
    }

    /// What the kernel counts in hundredths of a second: fields 14 and 15 of `stat`.
    fn counted_seconds() -> f64 {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
        let fields = stat.rsplit_once(')').unwrap().1.split_whitespace();
        fields.skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
    }

    #[test]
    fn processor_time_is_told_in_seconds() {
        let begun = std::time::Instant::now();
        while counted_seconds() < 0.3 {
            assert!(begun.elapsed().as_secs() < 60, "it does not grow");
        }
        let (before, told, after) = (counted_seconds(), cpu_seconds(), counted_seconds());
        assert!(told > before - 0.1 && told < after + 0.1, "{before} {told} {after}");
    }

    #[test]
    fn every_open_file_counts() {
        let files: Vec<_> =
            (0..100).map(|_| std::fs::File::open("/proc/self/statm").unwrap()).collect();
        let open = open_descriptors().unwrap();
        assert!(open > files.len(), "{open}");
    }
}
