"""The quiz with input of every kind; ci/lesson/quiz has the plain one."""

import re
import subprocess
import threading
import time

from lib import lesson

RIGHT = "bdacb"
AGAIN = "a, b, c or d?"
ENDED = "lesson: quiz: the input ended before the last answer\n"


def check(command, expect):
    quiz = command("quiz")

    def session(name, stdin, answers, status=0, err="", before=":"):
        ran = lesson.execute(["sh", "-c", f'{before}; exec "$@"', "sh", *quiz], stdin=stdin)
        good = (ran.status, ran.err) == (status, err) and ran.lines == answers
        expect(f"quiz: {name}", good, f"status {ran.status}, fd 1: {ran.lines}, fd 2: {ran.err}")
        return ran

    all_right = [*(f"{letter}: right" for letter in RIGHT), "score: 5 of 5"]
    wrong = [(chr(ord("a") + ord("d") - ord(letter)), letter) for letter in RIGHT]
    all_wrong = [*(f"{given}: no, it is {letter}" for given, letter in wrong), "score: 0 of 5"]
    lines = "".join(f"{letter}\n" for letter in RIGHT)

    ran = session("all right", lines, all_right)
    shown = re.findall(r"^    ([a-d])\) ", ran.out, re.MULTILINE)
    expect("quiz: four answers to each of five questions", shown == [*"abcd"] * 5, f"{shown}")
    reasons = [part.partition("\n")[2].partition("\n\n")[0] for part in re.split(r"^[a-d]: right", ran.out, flags=re.M)[1:]]
    expect("quiz: a reason for each answer", len(reasons) == 5 and all(len(text) > 80 for text in reasons), f"{reasons}")
    other = session("all wrong", "".join(f"{given}\n" for given, _ in wrong), all_wrong)
    plain = [re.sub(r"^[a-d]: .*|^score: .*", "", run.out, flags=re.MULTILINE) for run in (ran, other)]
    expect("quiz: the same questions, answers and reasons whatever is answered", plain[0] == plain[1], plain)

    session("capitals, blanks and CR LF", "".join(f"\t {letter.upper()} \r\n" for letter in RIGHT), all_right)
    session("the last line without its newline", lines[:-1], all_right)
    session("other input is asked again", "\nab\n1\n\0\n\xe4\na b\nyes\n" + lines, [AGAIN] * 7 + all_right)
    session("lines longer than any buffer", "b" * 100_000 + "\n" + " " * 9_999 + "\n" + lines, [AGAIN] * 2 + all_right)
    padded = "".join(f"{' ' * blanks}{letter}{' ' * (70 - blanks)}\n" for letter, blanks in zip(RIGHT, (0, 62, 63, 64, 69)))
    session("a letter at the buffer's edge", padded, all_right)

    session("the end at once", "", ["score so far: 0 of 0 answered"], 1, ENDED)
    session("the end in the middle", "b\na\n", ["b: right", "a: no, it is d", "score so far: 1 of 2 answered"], 1, ENDED)
    session("the end after an answer that is none", "b\nno", ["b: right", AGAIN, "score so far: 1 of 1 answered"], 1, ENDED)
    nothing = ["score so far: 0 of 0 answered"]
    error = "lesson: quiz: read -> errno {}\n"
    session("closed input", "", nothing, 1, error.format("9: bad file descriptor (EBADF)"), before="exec 0<&-")
    session("a directory as input", "", nothing, 1, error.format("21: is a directory (EISDIR)"), before="exec 0</")
    slowly(quiz, expect, lines, all_right)


def slowly(quiz, expect, lines, answers):
    """A person types: each byte arrives alone, and each answer is judged before the next one is typed."""
    process = subprocess.Popen(quiz, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    timer = threading.Timer(lesson.LIMIT_SECONDS, process.kill)
    timer.start()
    said = []
    for line in lines.splitlines(keepends=True):
        for byte in line:
            time.sleep(0.01)
            process.stdin.write(byte)
            process.stdin.flush()
        while not re.match(r"[a-d]: ", text := process.stdout.readline()):
            if not text:
                break
        said.append(text.rstrip())
    process.stdin.close()
    said += [line for line in process.stdout.read().splitlines() if line.startswith("score")]
    err, status = process.stderr.read(), process.wait()
    timer.cancel()
    expect("quiz: byte by byte", said == answers and status == 0 and not err, f"status {status}, {said} {err}")
