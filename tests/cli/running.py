"""The command, run in this process as a terminal would, or in one of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from geo_assen import cli

COMMAND = (sys.executable, "-c", "from geo_assen.cli import main; main()")


@dataclass(frozen=True)
class Done:
    """What a command leaves: exit code and both outputs."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    def sentence(self, code: int = 1) -> str:
        """The one line that a refusal is; nothing else was said, and nothing answered."""
        assert (self.code, self.out) == (code, b""), self
        assert self.err.startswith("geo-assen: "), self.err
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        return self.err.strip()


def environment(**settings: object) -> dict[str, str]:
    """This environment without settings of ours, but for those given."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_ASSEN_")}
    return kept | {f"GEO_ASSEN_{name.upper()}": str(value) for name, value in settings.items()}


def run(*arguments: object, stdin: str = "", **settings: object) -> Done:
    """Run it here; an error that is no refusal fails the test."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "environ", environment(**settings))
        patched.setattr(sys, "argv", ["geo-assen", *map(str, arguments)])
        patched.setattr(sys, "stdin", io.StringIO(stdin))
        patched.setattr(sys, "stdout", out)
        patched.setattr(sys, "stderr", err)
        code = 0
        try:
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 0
        err.flush()
        said = err.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]
        answered = out.buffer.getvalue()  # type: ignore[attr-defined]
    return Done(code, answered, said)


def run_outside(*arguments: object) -> Done:
    """Run it in a process of its own."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        env=environment() | {"PYTHONPATH": str(Path(cli.__file__).parents[1])},
        check=False,
        timeout=50,
    )
    return Done(done.returncode, done.stdout, done.stderr.decode())
