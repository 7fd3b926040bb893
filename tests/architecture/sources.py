"""The files that the architecture tests read."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("accounts", "health", "renewals", "qbr")
PACKAGES = (*APPS, "cs_workspace")


def python_files(*folders: str) -> list[Path]:
    """Our own code; migrations are written by Django."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    )


def functions(path: Path) -> list[ast.FunctionDef]:
    """Every function and method of a file."""
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)]


def named(path: Path, node: ast.FunctionDef | None = None) -> str:
    """`health/domain/scoring.py` or `health/domain/scoring.py::score`."""
    name = path.relative_to(ROOT).as_posix()
    return f"{name}::{node.name}" if node else name
