"""What mappings may name fits what the tables hold: no value that passes the reading can be refused by the database."""

import pytest
from django.apps import apps
from django.core.validators import MaxValueValidator
from django.db import models

from cs_workspace.web.importing.checks import CHECKS
from cs_workspace.web.importing.kinds import KINDS, Field, Kind, Reading
from cs_workspace.web.importing.loaders import LOADERS

MODELS = {
    "accounts": ["accounts.Account"],
    "contacts": ["accounts.Contact"],
    "contracts": ["accounts.Contract", "accounts.ContractLine"],
    "invoices": ["accounts.Invoice"],
    "usage": ["health.UsageDay"],
    "tickets": ["health.Ticket"],
    "surveys": ["health.SurveyAnswer"],
    "touches": ["accounts.Touch"],
    "training": ["health.TrainingRecord"],
    "events": ["health.Event"],
}
# Claims that are settled with what contracts say, and kept nowhere.
CLAIMS = {("accounts", "churned"), ("accounts", "stated_arr")}
PAIRS = [(kind, field) for kind in KINDS.values() if kind.name in MODELS for field in kind.fields]


def column_of(kind: Kind, field: Field) -> models.Field | None:
    for label in MODELS[kind.name]:
        for column in apps.get_model(label)._meta.concrete_fields:
            if column.name == field.name:
                return column
    return None


def test_every_kind_has_its_loader_and_every_check_its_kind():
    assert LOADERS.keys() == KINDS.keys()
    assert CHECKS.keys() <= KINDS.keys()


@pytest.mark.parametrize(("kind", "field"), PAIRS, ids=lambda item: item.name)
def test_a_field_takes_no_more_than_its_column(kind, field):
    if field.names or (kind.name, field.name) in CLAIMS:
        return
    column = column_of(kind, field)
    assert column is not None, "there is no such column"
    if field.reading in (Reading.TEXT, Reading.CHOICE) and isinstance(column, models.CharField):
        assert max(map(len, field.choices), default=field.longest) <= column.max_length
    if column.choices:
        assert set(field.choices) <= {value for value, _ in column.flatchoices}
    if isinstance(column, models.IntegerField):
        small = isinstance(column, models.SmallIntegerField)
        assert field.least is not None
        assert field.most is not None
        assert field.least >= 0
        assert field.most <= (32_767 if small else 2_147_483_647)
    if isinstance(column, models.DecimalField):
        assert field.most is not None
        assert field.most < 10 ** (column.max_digits - column.decimal_places)
    for limit in column.validators:
        if isinstance(limit, MaxValueValidator):
            assert field.most is not None
            assert field.most <= limit.limit_value


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_names_only_fields_of_its_own(kind):
    assert {*kind.owner, *kind.natural} <= kind.by_name.keys()
    assert len(kind.by_name) == len(kind.fields)
