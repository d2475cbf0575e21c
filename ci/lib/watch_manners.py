"""What chapter watch owes to those that it watches: they get their signals and their stops, end as they would, and none
is left behind; and what it does where it may not watch."""

import os
import pty
import re
import resource
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lib import watch_log
from lib.processes import everybody, wait_for, with_word

LIMIT_SECONDS = 30
CORELESS = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0))}


def run(command, **more):
    return subprocess.run(
        list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        timeout=LIMIT_SECONDS, **more,
    )


def start(command, **more):
    given = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    return subprocess.Popen(list(map(str, command)), text=True, errors="replace", **given)


def processes(word):
    """The numbers of the processes with this word in their command line, apart from what watches them."""
    return with_word(word, without="watch")


def status_of(pid, field):
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return re.search(rf"^{field}:\s+(\S+)", text, re.MULTILINE)[1]


def word(name):
    return f"rawtrap-{name}-{os.getpid()}"


def check(watch, expect):
    ends(watch, expect)
    lines(watch, expect)
    stops(watch, expect)
    signals(watch, expect)
    outlived(watch, expect)
    terminal(watch, expect)
    killed(watch, expect)
    attached(watch, expect)
    crowd(watch, expect)
    superseded(watch, expect)
    ends_others(watch, expect)
    environment(watch, expect)


def ends(watch, expect):
    for name, script, status, line in (
        ("a status", "exit 42", 42, "+++ exited with 42 +++"),
        ("SIGTERM", "kill -TERM $$", -signal.SIGTERM, "+++ killed by SIGTERM +++"),
        ("SIGKILL", "kill -KILL $$", -signal.SIGKILL, "+++ killed by SIGKILL +++"),
        ("SIGSEGV", "kill -SEGV $$", -signal.SIGSEGV, "+++ killed by SIGSEGV +++"),
        ("a real-time signal", "kill -s 40 $$", -40, "+++ killed by SIGRT_8 +++"),
    ):
        ran = run([*watch, "sh", "-c", script], **CORELESS)
        good = ran.returncode == status and ran.stderr.endswith(f"{line}\n")
        expect(f"the program's end is ours: {name}", good, f"status {ran.returncode}, fd 2: {ran.stderr[-300:]}")
    ran = run([*watch, "sh", "-c", "sleep 0.3 & exit 5"])
    last = ran.stderr.splitlines()[-1]
    good = ran.returncode == 5 and last.endswith("+++ exited with 0 +++") and "+++ exited with 5 +++" in ran.stderr
    expect("what outlives the program is watched to its end", good, f"status {ran.returncode}, fd 2: {ran.stderr[-300:]}")


def lines(watch, expect):
    ran = run([*watch, "-e", "write", "sh", "-c", "echo one; (echo two); echo three"])
    calls = re.findall(r"^(\[pid +\d+\] )?write\(1, .*\) = (\d)$", ran.stderr, re.MULTILINE)
    good = [bool(prefix) for prefix, _ in calls] == [False, True, False]
    expect("lines have numbers while there are several tasks", good, f"{ran.stderr}")
    # Nothing else is told in between, neither a signal nor an end: these would have brought the beginning along.
    slow = "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; echo slept"
    sleeps = run([*watch, "-e", "wait4,write", "sh", "-c", f"({slow}); exit 4"])
    good = re.search(
        r'(?m)^\[pid +(\d+)\] wait4\(-1, +<unfinished \.\.\.>\n'
        r'(?:.*\n)*\[pid +(?!\1)\d+\] write\(1, "slept\\n", 6\) = 6\n(?:.*\n)*.*<\.\.\. wait4 resumed>\[\{WIFEXITED', sleeps.stderr)
    expect("a call that lasts begins before what others do meanwhile, and ends behind", good, f"{sleeps.stderr}")
    names = set(re.findall(r"^(?:\[pid +\d+\] )?(?:<\.\.\. )?(\w+)(?=\(| resumed)", ran.stderr, re.MULTILINE))
    expect("-e picks calls", names == {"write"}, f"{names}")
    ran = run([*watch, "-e", "trace=write", "-e", "execve", "true"])
    expect("the last -e counts", re.fullmatch(r"execve\(.*\) = 0\n\+\+\+ exited with 0 \+\+\+\n", ran.stderr), f"{ran}")
    with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
        log = Path(folder) / "log"
        ran = run([*watch, "-o", log, "sh", "-c", "echo out; echo err >&2"])
        text = log.read_text()
        good = (ran.stdout, ran.stderr) == ("out\n", "err\n") and "+++ exited with 0 +++" in text
        expect("-o keeps the lines apart", good and re.match(r"\d+ +execve\(", text), f"{ran} {text[:300]}")
    ran = run([*watch, "cat", "/etc/passwd", "/no/such/file"])
    expect("what the program prints is whole", ran.stdout == Path("/etc/passwd").read_text(), f"{ran.stdout}")
    ran = run([*watch, "-e", "pause,nanosleep,clock_nanosleep", "timeout", "-s", "KILL", "0.3", "sleep", "50"])
    good = re.search(r"(?m)clock_nanosleep.* = \?\n(\[pid +\d+\] )?\+\+\+ killed by SIGKILL", ran.stderr)
    expect("a call in which the program is killed ends with = ?", good, f"{ran.stderr}")
    process = start([*watch, "sleep", "50"])
    seen = read_until(process.stderr, r"nanosleep\([^\n]*\Z", 20)
    expect("what the program waits in is seen before it comes back", seen, "nothing of it after 20 seconds")
    process.terminate()
    process.communicate(timeout=LIMIT_SECONDS)


def read_until(stream, enough, seconds):
    """What comes, as soon as it is enough: a pattern is found in it, or a function says so."""
    found = enough if callable(enough) else re.compile(enough).search
    end, text = time.monotonic() + seconds, ""
    while (left := end - time.monotonic()) > 0:
        if select.select([stream], [], [], left)[0]:
            piece = os.read(stream.fileno(), 65536).decode(errors="replace")
            if not piece:
                break
            text += piece
            if found(text):
                return text
    return None


def stops(watch, expect):
    name = word("stopped")
    process = start([*watch, "sh", "-c", f": {name}; kill -STOP $$; echo after"])
    pid = wait_for(lambda: processes(name))
    seen = read_until(process.stderr, r"--- stopped by SIGSTOP ---\n", 10)
    expect("a stop is told", seen and "--- SIGSTOP {si_signo=SIGSTOP, si_code=SI_USER, " in seen, f"{seen}")
    time.sleep(0.2)
    state = status_of(pid[0], "State") if pid else None
    expect("a stopped program stands still", state in ("t", "T") and process.poll() is None, f"{state}")
    if pid:
        os.kill(pid[0], signal.SIGCONT)
    out, err = process.communicate(timeout=LIMIT_SECONDS)
    good = process.returncode == 0 and out == "after\n" and "--- SIGCONT {" in err
    expect("SIGCONT lets it go on", good, f"{process.returncode} {out!r} {err[-300:]}")


def signals(watch, expect):
    """What is sent to the watcher is the program's."""
    name = word("signal")
    for number, script, status in (
        (signal.SIGTERM, "while :; do sleep 0.05; done", -signal.SIGTERM),
        (signal.SIGINT, "trap 'exit 9' INT; while :; do sleep 0.05; done", 9),
    ):
        process = start([*watch, "-e", "execve", "sh", "-c", f": {name}; {script}; true"])
        # The loop has begun.
        seen = read_until(process.stderr, r'execve\("[^"]*/sleep"', 20)
        process.send_signal(number)
        _, err = process.communicate(timeout=LIMIT_SECONDS)
        good = process.returncode == status and f"--- {number.name} {{si_signo={number.name}, si_code=SI_USER" in err
        expect(f"{number.name} to the watcher reaches the program", good, f"{process.returncode}, fd 2: {seen} {err[-400:]}")
        left = wait_for(lambda: not processes(name))
        expect(f"nothing is left after {number.name}", left, f"{processes(name)}")


def sleeps(group):
    """True if one of the group is in clock_nanosleep."""
    for pid in everybody():
        try:
            if os.getpgid(pid) == group and "nanosleep" in Path(f"/proc/{pid}/wchan").read_text():
                return True
        except OSError:
            pass
    return False


def outlived(watch, expect):
    """Once the program has ended, a signal is the watcher's own: it ends, and lets go of what the program left."""
    name = word("outlived")
    with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
        log = Path(folder) / "log"
        command = [*watch, "-o", log, "sh", "-c", f"sh -c ': {name}; sleep 50; true' & exit 5"]
        process = start(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        seen = wait_for(lambda: log.exists() and "+++ exited with 5 +++" in log.read_text() and len(processes(name)) == 1)
        # A line that has no end, and that nobody may have begun yet.
        wait_for(lambda: sleeps(process.pid))
        expect("what outlives the program is still watched", seen and process.poll() is None, f"{log.read_text()[-300:]}")
        process.terminate()
        process.communicate(timeout=LIMIT_SECONDS)
        text = log.read_text()
        good = text.endswith("\n") and re.search(r"nanosleep\(CLOCK_REALTIME, 0, \{tv_sec=50, ", text)
        expect("what was seen until then is written, and what is under way", good, f"{text[-300:]!r}")
    left = processes(name)
    good = process.returncode == -signal.SIGTERM and len(left) == 1 and status_of(left[0], "TracerPid") == "0"
    expect("a signal ends the watcher, and lets go of what outlives the program", good, f"{process.returncode} {left}")
    if left:
        os.killpg(process.pid, signal.SIGKILL)


def terminal(watch, expect):
    """^C, of which the terminal tells everybody in the foreground."""
    for name, trap, status in ("ends the program, and so the watcher", "", -2), ("is the program's own affair", "trap : INT;", 3):
        with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
            log = Path(folder) / "log"
            pid, terminal = pty.fork()
            if pid == 0:
                command = ["-o", log, "-e", "execve", "sh", "-c", f": {word('terminal')}; {trap} sleep 50; exit 3"]
                os.execvp(watch[0], list(map(str, [*watch, *command])))
            wait_for(lambda: log.exists() and re.search(r'execve\("[^"]*/sleep".* = 0\n', log.read_text()))
            os.write(terminal, b"\x03")
            end = wait_for(lambda: [end for end in [os.waitpid(pid, os.WNOHANG)] if end[0]])
            status_seen = os.waitstatus_to_exitcode(end[0][1]) if end else None
            text = log.read_text()
            expect(f"^C {name}", status_seen == status, f"{status_seen} {text}")
            program = text.split(" ", 1)[0]
            # What a shell sends to itself, to end by it, is SI_TKILL.
            count = len(re.findall(rf"(?m)^{program} +--- SIGINT {{.*si_code=SI_(?:KERNEL|USER)", text))
            expect(f"^C {name}: it comes once", count == 1, text)
            left = wait_for(lambda: not processes(word("terminal")))
            expect(f"^C {name}: nothing is left", left, f"{processes(word('terminal'))}")
            os.close(terminal)


def killed(watch, expect):
    name = word("killed")
    process = start([*watch, "sh", "-c", f": {name}; sleep 50 & sleep 50; true"])
    wait_for(lambda: processes(name))
    process.kill()
    process.communicate()
    expect("who kills the watcher kills the program", wait_for(lambda: not processes(name)), f"{processes(name)}")


def attached(watch, expect):
    name = word("attached")
    program = start(["sh", "-c", f": {name}; while :; do sleep 0.05; done"], stderr=subprocess.DEVNULL)
    process = start([*watch, "-p", program.pid])
    seen = read_until(process.stderr, r"(?s)execve\(\"/\w+/?\w*/sleep\".*\+\+\+ exited with 0 \+\+\+", 10)
    expect("-p watches a process that runs, and its children", seen, "no line of a child's")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=LIMIT_SECONDS)
    expect("^C ends the watcher", process.returncode == -signal.SIGINT, f"status {process.returncode}")
    time.sleep(0.2)
    good = program.poll() is None and status_of(program.pid, "TracerPid") == "0" and status_of(program.pid, "State") in "RS"
    expect("-p lets go of the process, which runs on", good, f"{program.poll()} {status_of(program.pid, 'State')}")
    process = start([*watch, "-p", program.pid])
    read_until(process.stderr, "execve", 10)
    program.kill()
    process.communicate(timeout=LIMIT_SECONDS)
    expect("-p ends with the process", process.returncode == 0, f"status {process.returncode}")
    program.communicate()
    program = start(["sleep", "50"])
    program.send_signal(signal.SIGSTOP)
    wait_for(lambda: status_of(program.pid, "State") == "T")
    process = start([*watch, "-p", program.pid])
    seen = read_until(process.stderr, r"--- stopped by SIGSTOP ---\n", 10)
    process.terminate()
    process.communicate(timeout=LIMIT_SECONDS)
    time.sleep(0.1)
    state = status_of(program.pid, "State"), status_of(program.pid, "TracerPid")
    expect("-p leaves a stopped process as it was", seen and state == ("T", "0"), f"{seen} {state}")
    program.kill()
    program.communicate()
    ran = run([*watch, "-p", "2147483647"])
    good = ran.returncode == 1 and "ptrace -> errno 3: no such process (ESRCH)" in ran.stderr
    expect("-p of nobody", good, f"{ran}")
    threads = "import threading as t, time\nfor i in range(3): t.Thread(target=lambda: [time.sleep(.05) for _ in range(99)]).start()"
    program = start(["python3", "-c", threads])
    wait_for(lambda: len(list(Path(f"/proc/{program.pid}/task").iterdir())) == 4)
    process = start([*watch, "-p", program.pid])
    sleeping = r"\[pid +(\d+)\] clock_nanosleep"
    seen = read_until(process.stderr, lambda text: len(set(re.findall(sleeping, text))) == 3, 10)
    expect("-p watches all threads", seen, "not all three are seen to sleep")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=LIMIT_SECONDS)
    expect("SIGTERM lets go of all threads", process.returncode == -signal.SIGTERM and program.poll() is None, f"{process.returncode}")
    program.kill()
    program.communicate()


def crowd(watch, expect):
    """More tasks than the table has room for."""
    ran = run([*watch, "-e", "execve", "sh", "-c", "for i in $(seq 560); do sleep 3 & done; wait; echo all"])
    said = re.findall(r"process \d+ runs on unwatched: there are 512 tasks already", ran.stderr)
    good = ran.returncode == 0 and ran.stdout == "all\n" and len(said) == 1
    expect("more tasks than there is room for run on, which is said once", good, f"{ran.returncode} {said} {ran.stdout}")


def superseded(watch, expect):
    """A thread that is not the first one becomes another program: it has the process's number then.
    What the first one was in, if it was in a call, has its line too."""
    script = "import os, threading, time\nthreading.Thread(target=lambda: os.execv('/bin/true', ['true'])).start(); time.sleep(9)"
    with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
        ran = run([*watch, "-o", Path(folder) / "log", sys.executable, "-c", script])
        text = (Path(folder) / "log").read_text()
    wrong = watch_log.parse(text).wrong
    told = re.search(
        r"(?s)\n(\d+) +execve\(\"/bin/true\".* <(?:unfinished|pid changed to \d+) \.\.\.>\n(?:.*\n)?(\d+) +\+\+\+ superseded by execve in pid \1 \+\+\+\n"
        r"\2 +<\.\.\. execve resumed>\) = 0\n.*\n\2 +\+\+\+ exited with 0 \+\+\+\n$", text)
    expect("a thread that executes a program is followed", ran.returncode == 0 and told and not wrong, f"{wrong} {text[-900:]}")


def ends_others(watch, expect):
    """A thread that ends the process is told before the ends of the others."""
    script = "import os, threading, time\nthreading.Thread(target=time.sleep, args=[50]).start(); time.sleep(0.1); os._exit(4)"
    ran = run([*watch, "-e", "exit_group", sys.executable, "-c", script])
    first, *rest = ran.stderr.splitlines()
    good = ran.returncode == 4 and re.fullmatch(r"\[pid +\d+\] exit_group\(4\) = \?", first) and len(rest) == 2
    expect("a thread that ends the process", good and all("+++ exited with 4 +++" in line for line in rest), f"{ran}")


def environment(watch, expect):
    """Under `cargo lesson`, which sets RAWTRAP_LESSON, what cargo put in front of the person's own folders is left out."""
    cargos = ["/c/target/release", "/c/target/release/deps", "/r/lib/rustlib/x/lib", "/r/toolchains/x/lib"]
    for name, given, set_by_alias, kept in (
        ("cargo's folders are left out", cargos, True, None),
        ("the person's own stay", [*cargos, "/opt/one", "/opt/two"], True, "/opt/one:/opt/two"),
        ("without cargo all stay", [*cargos, "/opt/one"], False, ":".join([*cargos, "/opt/one"])),
    ):
        given = {"PATH": os.environ["PATH"], "LD_LIBRARY_PATH": ":".join(given), "RUSTUP_HOME": "/r", "LAST": "x"}
        ran = run([*watch, "-e", "execve", "env"], env={**given, **({"RAWTRAP_LESSON": "1"} if set_by_alias else {})})
        seen = dict(line.split("=", 1) for line in ran.stdout.splitlines())
        rest = {key: value for key, value in given.items() if key != "LD_LIBRARY_PATH"}
        good = seen.get("LD_LIBRARY_PATH") == kept and rest.items() <= seen.items()
        expect(f"LD_LIBRARY_PATH: {name}", good, f"{seen}")


def refusals(executable, strace, expect):
    """ptrace refused at each of its places by strace, which injects an errno; and a tracer that is there already."""
    name = word("refused")
    with tempfile.TemporaryDirectory(prefix="rawtrap-watch-") as folder:
        made = Path(folder) / "made"
        command = [executable, "watch", "sh", "-c", f": {name}; echo > {made}"]
        ran = run([*strace, "-f", "-o", "/dev/null", *command])
        good = ran.returncode == 1 and re.search(
            r"watch: ptrace -> errno 1: .*\(EPERM\)\nlesson: watch: .*: cargo lesson boundary --watch\n", ran.stderr)
        expect("a tracer that is there already is told", good, f"{ran}")
        expect("a program that cannot be watched does not run", not made.exists(), "it ran")
        for when in range(1, 8):
            # Later on, ESRCH is also what a tracee answers that was killed meanwhile.
            for errno in ("EPERM", "ENOSYS", "ESRCH") if when <= 3 else ("EPERM", "EIO", "ESRCH"):
                inject = f"--inject=ptrace:error={errno}:when={when}"
                ran = run([*strace, "-o", "/dev/null", inject, *command])
                told = f"({errno})" in ran.stderr
                if when <= 3:
                    good = ran.returncode == 1 and told and not made.exists()
                else:
                    good = ran.returncode == 1 and told
                case = f"ptrace refused with {errno} the {when}. time"
                expect(case, good, f"status {ran.returncode}, fd 2: {ran.stderr[-300:]}")
                expect(f"{case}: nothing is left", wait_for(lambda: not processes(name)), f"{processes(name)}")
                made.unlink(missing_ok=True)


def counts(watch, strace, expect):
    def table(text):
        rows = re.findall(r"^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(\d*) +(\w+)$", text, re.MULTILINE)
        return {name: (int(calls), int(errors or 0)) for calls, errors, name in rows}

    command = ["ls", "-l", "/etc/passwd", "/no/such/file"]
    ran, traced = run([*watch, "-c", *command]), run([*strace, *command])
    ours, theirs = table(ran.stderr), table(traced.stderr)
    expect("-c counts as strace does", ours and ours == theirs, f"{ours} {theirs}")
    slept = run([*watch, "-c", "-e", "trace=clock_nanosleep", "sleep", "0.3"])
    took = re.search(r"^100\.00 +(\d+\.\d+) +\d+ +1 +clock_nanosleep$", slept.stderr, re.MULTILINE)
    expect("-c: how long a call took, with its sleep", took and 0.3 <= float(took[1]) < 20, f"{slept.stderr}")
    expect("-c prints no lines", "execve(" not in ran.stderr and ran.stdout == traced.stdout, f"{ran}")


def cost(executable, strace):
    """What a call costs under either, to be read by a person."""
    calls = 5_000

    def seconds(*tracer):
        began = time.monotonic()
        run([*tracer, "dd", "if=/dev/zero", "of=/dev/null", "bs=1", f"count={calls}"])
        return time.monotonic() - began

    bare, ours, theirs = (
        min(seconds(*tracer) for _ in range(3))
        for tracer in ((), (executable, "watch", "-o", "/dev/null"), (strace, "-f", "-o", "/dev/null"))
    )
    a_call = [1e6 * (time - bare) / (2 * calls) for time in (ours, theirs)]
    print(f"a call costs {a_call[0]:.1f} us under watch, {a_call[1]:.1f} us under strace: {a_call[0] / a_call[1]:.2f} times as much")
