"""The plan of the house, kept by tests: what stands where, how large it may be, what must not be in it."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.architecture.sources import APPS, PACKAGES, ROOT, functions, named, python_files

TOP = {
    *("manage.py", "pyproject.toml", "uv.lock", "Makefile", "README.md", "Procfile", "Dockerfile", "compose.yaml"),
    *("cs_workspace", "accounts", "health", "renewals", "qbr", "templates", "static", "tests", "bench", "docs"),
}
# `templatetags` because a tag that draws what one app reads has its home there; those that know no app are in common.
SHELVES = {
    *("domain", "models", "queries", "services", "forms", "views", "admin", "metrics", "presets", "management"),
    *("migrations", "apps", "urls", "tasks", "registries", "registration", "signals", "http", "__init__"),
    "templatetags",  # tags that know the app's words, for its own templates
}
FILE_LINES = 400
FUNCTION_LINES = 40
# A function that is longer, with its reason. A name that no longer is too long must go.
LONG_FUNCTIONS = {
    "health/domain/vocabulary.py::_usage": "a table: one entry for each metric of this source",
    "health/domain/vocabulary.py::_money": "a table: one entry for each metric of this source",
    "health/queries/scorecards.py::_versions": "one query, its fields written out",
}
# A file that is longer, with its reason.
LONG_FILES = {
    "health/domain/scorers.py": "one kind of scorer after the other, read side by side with the specification",
}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()


def test_the_top_level_holds_what_the_plan_says() -> None:
    found = {name.split("/")[0] for name in tracked()}
    assert {name for name in found if not name.startswith(".")} <= TOP


@pytest.mark.parametrize("app", APPS)
def test_an_app_has_only_the_shelves_that_every_app_has(app: str) -> None:
    found = {path.stem for path in (ROOT / app).iterdir() if path.suffix == ".py" or path.is_dir()} - {"__pycache__"}
    assert found <= SHELVES


def test_nothing_is_left_for_later_in_the_code() -> None:
    later = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|H[A]CK)\b")
    files = [*python_files(*PACKAGES, "tests", "bench"), *_texts("templates", "html"), *_texts("static", "js", "css")]
    assert [named(path) for path in files if later.search(path.read_text())] == []


def test_files_are_split_by_noun_before_they_grow_long() -> None:
    long = {named(path) for path in python_files(*PACKAGES) if len(path.read_text().splitlines()) > FILE_LINES}
    assert long == set(LONG_FILES)


def test_a_long_function_carries_its_reason() -> None:
    long = {
        named(path, function)
        for path in python_files(*PACKAGES)
        for function in functions(path)
        if _body_lines(function) > FUNCTION_LINES
    }
    assert long == set(LONG_FUNCTIONS)


def test_the_domain_never_looks_at_the_clock() -> None:
    clock = re.compile(r"\b(?:now|today|utcnow|time|monotonic|localdate)\(\)")
    files = [path for app in APPS for path in python_files(app) if "domain" in path.parts]
    assert files
    assert [named(path) for path in files if clock.search(path.read_text())] == []


def test_a_verb_is_called_with_its_actor_by_name() -> None:
    positional = {
        named(path, function)
        for app in APPS
        for path in python_files(app)
        if "services" in path.parts
        for function in functions(path)
        if not function.name.startswith("_")
        and "by" in [argument.arg for argument in [*function.args.posonlyargs, *function.args.args]]
    }
    assert positional == set()


def _body_lines(function: ast.FunctionDef) -> int:
    """Lines of the body, without signature and docstring."""
    body = function.body
    first = body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(body) > 1:
        first = body[1]
    return (function.end_lineno or first.lineno) - first.lineno + 1


def _texts(folder: str, *kinds: str) -> list[Path]:
    return [path for path in (ROOT / folder).rglob("*") if path.suffix.lstrip(".") in kinds]
