"""The lines of a check: `ok NAME` and `FAIL NAME: reason` (lib/runner.py reads them)."""


def ok(name):
    print(f"ok {name}", flush=True)


def fail(name, reason):
    """The reason is one line; what does not fit there is log, which a check prints before."""
    print(f"FAIL {name}: {' '.join(str(reason).split())}", flush=True)


def expect(name, condition, reason):
    ok(name) if condition else fail(name, reason)
