"""Every task that is named anywhere exists: in `jobs.enqueue`, in subscriptions, in the schedule."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from celery import current_app

from config.celery import SCHEDULE
from tests.house.test_modules import PACKAGES, ROOT, name, sources

# Which argument of each function is a task's name.
NAMING = {"enqueue": 0, "enqueue_soon": 0, "subscribe": 1, "send_task": 0}


def called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def named_tasks(path: Path) -> Iterator[tuple[str, str]]:
    """Yield where a task is named, and its name; a name that is no literal is "?"."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or called(node) not in NAMING:
            continue
        position = NAMING[called(node)]
        given = node.args[position] if len(node.args) > position else None
        literal = given.value if isinstance(given, ast.Constant) else "?"
        yield f"{name(path)}:{node.lineno}", str(literal)


def registered() -> set[str]:
    current_app.loader.import_default_modules()
    return set(current_app.tasks)


def test_every_enqueued_or_subscribed_task_exists() -> None:
    # The two mechanisms themselves hand on a name that they were given.
    handed_on = {"core/jobs.py", "core/tasks.py"}
    named = [
        (where, task)
        for path in sources(*PACKAGES)
        if name(path) not in handed_on
        for where, task in named_tasks(path)
    ]
    assert named
    tasks = registered()
    assert [(where, task) for where, task in named if task not in tasks] == []


def test_every_scheduled_task_exists() -> None:
    assert {task for task, _ in SCHEDULE.values()} <= registered()


def test_every_task_of_ours_has_the_name_of_its_app() -> None:
    ours = {task for task in registered() if not task.startswith("celery.")}
    apps = {path.name for path in ROOT.iterdir() if path.is_dir()}
    assert {task for task in ours if task.split(".")[0] not in apps} == set()
