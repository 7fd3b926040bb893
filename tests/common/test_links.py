"""cs_workspace.common.links: addresses out of patterns are those that Django finds anew each time."""

import pytest
from django.template import Context, RequestContext, Template
from django.test import RequestFactory
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix

from accounts.models import Task
from cs_workspace.common.links import link


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("today", ()),
        ("accounts:account", (7,)),
        ("accounts:account", ("7",)),
        ("accounts:account", (0,)),
        ("accounts:task-edit", (Task.Priority.LOW,)),
        ("accounts:bulk", ("assign",)),
        ("admin:accounts_account_change", (7,)),
        ("admin:index", ()),
    ],
)
def test_an_address_is_the_one_that_django_gives(name: str, args: tuple[int | str, ...]) -> None:
    assert link(name, *args) == link(name, *args) == reverse(name, args=args)


def test_each_key_gets_its_own_address() -> None:
    assert [link("accounts:account", pk) for pk in (1, 22)] == [
        reverse("accounts:account", args=[pk]) for pk in (1, 22)
    ]


@pytest.mark.parametrize(
    ("name", "args"), [("accounts:account", (-1,)), ("accounts:account", ()), ("accounts:account", ("x",)), ("no", ())]
)
def test_what_has_no_address_is_refused_as_by_django(name: str, args: tuple[int | str, ...]) -> None:
    with pytest.raises(NoReverseMatch):
        link(name, *args)


def test_an_address_begins_with_the_prefix_of_its_server() -> None:
    before = get_script_prefix()
    here = link("accounts:account", 7)
    try:
        set_script_prefix("/cs/")
        assert link("accounts:account", 7) == f"/cs{here}"
    finally:
        set_script_prefix(before)
    assert link("accounts:account", 7) == here


def test_templates_write_it_keep_it_under_a_name_or_leave_a_wrong_one_out() -> None:
    drawn = Template(
        '{% url "accounts:account" pk %} {% url "accounts:account" pk as here %}[{{ here }}]'
        '{% url "accounts:account" "x" as none %}[{{ none }}] {% url "accounts:bulk" action="assign" %}'
    )
    here, bulk = reverse("accounts:account", args=[7]), reverse("accounts:bulk", args=["assign"])
    assert drawn.render(Context({"pk": 7})) == f"{here} [{here}][] {bulk}"
    with pytest.raises(NoReverseMatch):
        Template('{% url "accounts:account" "x" %}').render(Context())


def test_what_an_address_holds_is_escaped(rf: RequestFactory) -> None:
    drawn = Template('{% url "accounts:shared-plan" "a&b" as kept %}{{ kept }} {% url "accounts:shared-plan" "a&b" %}')
    assert drawn.render(RequestContext(rf.get("/"))).count("a&amp;b") == 2
