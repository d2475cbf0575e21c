//! The tasks that are watched: threads, each with the call that it is in.

use rawtrap::Pid;

use super::call::Call;

/// How many there can be at once. One more runs on unwatched, which is said.
pub const MOST: usize = 512;

#[derive(Clone, Copy)]
pub struct Task {
    pub pid: Pid,
    /// The call that it is in.
    pub call: Option<Call>,
}

/// Those in use come first.
pub struct Tasks {
    list: [Task; MOST],
    count: usize,
}

impl Tasks {
    pub fn new() -> Tasks {
        let nobody = Task {
            pid: Pid::from_raw(0),
            call: None,
        };
        Tasks {
            list: [nobody; MOST],
            count: 0,
        }
    }

    pub fn all(&mut self) -> &mut [Task] {
        &mut self.list[..self.count]
    }

    pub fn count(&self) -> usize {
        self.count
    }

    pub fn find(&mut self, pid: Pid) -> Option<&mut Task> {
        self.all().iter_mut().find(|task| task.pid == pid)
    }

    /// Adds a task, if it is not there yet; false if there is no room.
    pub fn add(&mut self, pid: Pid) -> bool {
        if self.find(pid).is_some() {
            return true;
        }
        let Some(place) = self.list.get_mut(self.count) else {
            return false;
        };
        *place = Task { pid, call: None };
        self.count += 1;
        true
    }

    pub fn remove(&mut self, pid: Pid) -> Option<Task> {
        let place = self.all().iter().position(|task| task.pid == pid)?;
        let task = self.list[place];
        self.count -= 1;
        self.list[place] = self.list[self.count];
        Some(task)
    }
}
