"""Work spread over processes: the same answers, whatever becomes of the processes.

In a Python of its own each: the test runner has threads, which rule forking out.
"""

import subprocess
import sys
from pathlib import Path

from bench.lint import write_project

HEAD = """
import os, signal, threading
from pathlib import Path
from migrator.project import processes
from migrator.project.history_files import read_history
from migrator.project.rendering import render
from migrator.project.processes import spread
items, parent = range(300), os.getpid()
"""


def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the code after the imports above."""
    command = [sys.executable, "-c", HEAD + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def prints(code: str, *arguments: str) -> str:
    """What the code prints; it must succeed and say nothing else."""
    done = run(code, *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


def test_results_come_in_order_from_several_processes() -> None:
    found = prints("""
found = spread(lambda item: (item, os.getpid()), items, cores=3)
print([item for item, _ in found] == list(items), len({pid for _, pid in found}))
""")
    assert found == "True 3"


def test_a_few_items_are_not_worth_a_process() -> None:
    code = "print(set(spread(lambda _: os.getpid(), range(199), cores=8)) == {parent})"
    assert prints(code) == "True"


def test_a_process_with_threads_is_not_forked() -> None:
    found = prints("""
done = threading.Event()
threading.Thread(target=done.wait).start()
print(set(spread(lambda _: os.getpid(), items, cores=2)) == {parent})
done.set()
""")
    assert found == "True"


def test_what_a_killed_process_owes_is_done_by_the_parent() -> None:
    found = prints("""
def work(item):
    if os.getpid() != parent and item == 200:
        os.kill(os.getpid(), signal.SIGKILL)
    return item
print(spread(work, items, cores=2) == list(items))
""")
    assert found == "True"


def test_what_another_process_prints_is_not_lost() -> None:
    found = prints("""
def work(item):
    if item == 299:
        print("last", end="")
spread(work, items, cores=2)
""")
    assert found == "last"


def test_results_that_cannot_travel_are_made_by_the_parent() -> None:
    found = prints("""
class Stubborn:
    def __init__(self, item):
        self.item = item
    def __reduce__(self):
        return (int, ("no number",))
print([one.item for one in spread(Stubborn, items, cores=2)] == list(items))
""")
    assert found == "True"


def test_an_error_in_another_process_is_the_parents() -> None:
    done = run("spread(lambda item: 1 // (item - 299), items, cores=2)")
    assert done.stderr.count("Traceback") == 1
    assert "ZeroDivisionError" in done.stderr


def test_an_interrupted_parent_leaves_no_process() -> None:
    found = prints("""
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
def work(item):
    if os.getpid() == parent:
        os.kill(parent, signal.SIGINT)
    signal.pause()
try:
    spread(work, items, cores=2)
except KeyboardInterrupt:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("no child")
""")
    assert found == "no child"


def test_a_long_history_reads_the_same_in_two_processes(tmp_path: Path) -> None:
    write_project(tmp_path, 210)
    found = prints(
        """
import sys
config, read = Path(sys.argv[1]), []
for cores in (1, 2):
    processes._cores = lambda: cores
    read.append(render(read_history(config)).scripts)
print(read[0] == read[1], len(read[0]))
""",
        str(tmp_path / "alembic.ini"),
    )
    assert found == "True 210"
