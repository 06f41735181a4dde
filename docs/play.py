"""Run the commands that a page shows, as a clerk would type them: ``python docs/play.py PAGE DIR``.

The console blocks of the page are run one after the other in the folder DIR, which is made anew. A
command must end as the page says: with the number that a following ``echo $?`` shows, else with 0.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ENDED = "echo $?"


def sessions(text: str) -> list[tuple[str, list[str]]]:
    """Give each command of the console blocks with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def codes(shown: list[tuple[str, list[str]]]) -> list[int]:
    """Give the exit code that each command must end with."""
    following = [*shown[1:], ("", [])]
    return [int(said[0]) if line == ENDED else 0 for line, said in following]


def exported(line: str) -> dict[str, str]:
    """Give what an ``export`` puts into the environment of the commands that follow."""
    if not line.startswith("export "):
        return {}
    return dict(word.split("=", 1) for word in shlex.split(line.removeprefix("export ")))


def environment(folder: Path) -> dict[str, str]:
    """Give what surrounds the commands: keys in the folder's own home, messages in English."""
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("LC_", "RELIEF"))
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    home = {"XDG_DATA_HOME": str(folder / "home"), "LANG": "en_US.UTF-8", "PYTHONUTF8": "1"}
    return {**kept, **home, "PATH": path}


def main() -> int:
    """Play the page; give 1 where a command ended otherwise than the page says."""
    page, folder = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "sample_data").symlink_to(PROJECT / "sample_data")
    shown, around = sessions(page.read_text("utf-8")), environment(folder)
    for (line, _), code in zip(shown, codes(shown), strict=True):
        around |= exported(line)
        if line == ENDED:
            continue
        sys.stdout.write(f"\n$ {line}\n")
        sys.stdout.flush()
        ended = subprocess.run(  # noqa: S603  # what our own page says
            ["bash", "-c", line],  # noqa: S607  # whichever it is
            cwd=folder,
            env=around,
            check=False,
        )
        if ended.returncode != code:
            sys.stderr.write(f"It ended with {ended.returncode}, not {code}.\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
