"""The surveys that ship: one of each kind, switched off until an admin wants them."""

import tomllib
from pathlib import Path

from django.db import transaction

from health.models import Survey, SurveyQuestion

PRESETS = Path(__file__).parents[1] / "presets" / "surveys" / "shipped.toml"


@transaction.atomic
def install_surveys() -> int:
    """Writes the surveys whose kind is not there yet; gives how many. What an admin changed stays."""
    presets = tomllib.loads(PRESETS.read_text())
    there = set(Survey.objects.values_list("kind", flat=True))
    fresh = {kind: preset for kind, preset in presets.items() if kind not in there}
    for kind, preset in fresh.items():
        questions = preset.pop("questions", [])
        survey = Survey.objects.create(kind=kind, **preset)
        SurveyQuestion.objects.bulk_create(
            SurveyQuestion(survey=survey, place=place, **question) for place, question in enumerate(questions, start=1)
        )
    return len(fresh)
