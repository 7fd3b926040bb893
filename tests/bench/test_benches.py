"""The machinery of the benchmarks; what they measure decides no test."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from bench import BENCHES, load
from bench.database import own_database
from bench.figures import Figure, keep, show


@pytest.mark.parametrize("name", BENCHES)
def test_every_benchmark_that_has_a_name_can_be_run(name):
    assert callable(load(name))


@pytest.mark.parametrize(
    ("figure", "kept"),
    [
        (Figure("night", 14.0, "s", 15.0), True),
        (Figure("night", 15.1, "s", 15.0), False),
        (Figure("rows", 25_000, "rows/s", 20_000, at_least=True), True),
        (Figure("rows", 19_999, "rows/s", 20_000, at_least=True), False),
        (Figure("floor", 3.0, "s"), None),
    ],
)
def test_a_figure_knows_whether_its_budget_is_kept(figure, kept):
    assert figure.is_kept is kept


def test_figures_are_shown_beside_their_budget_and_kept_as_json(tmp_path, capsys):
    figures = [Figure("night", 16.0, "s", 15.0, note="best of 3")]
    show("recompute", figures)
    shown = capsys.readouterr().out
    assert all(word in shown for word in ("night", "16.00 s", "≤ 15 s", "missed", "best of 3"))
    document = json.loads(keep(tmp_path / "bench", "recompute", 50, figures).read_text())
    assert (document["bench"], document["accounts"]) == ("recompute", 50)
    assert document["figures"][0]["value"] == 16.0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(("magic",), "No benchmark is called magic"), (("recompute", "--accounts", "0"), "at least one account")],
)
def test_what_cannot_be_run_is_refused_in_one_line(arguments, reason):
    with pytest.raises(CommandError, match=reason):
        call_command("bench", *arguments)


@pytest.mark.django_db
def test_pages_answer_a_bench_whatever_name_the_workspace_has(monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["cs.example.com"]
    for step in ("create_test_db", "destroy_test_db"):
        monkeypatch.setattr(connection.creation, step, lambda *args, **kwargs: None)
    monkeypatch.setitem(connection.settings_dict, "TEST", {})
    assert Client().get("/login/", secure=True).status_code == 400
    with own_database():
        assert Client().get("/login/", secure=True).status_code == 200
