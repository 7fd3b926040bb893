"""The onboarding templates that ship."""

from django.db import transaction

from accounts.domain.onboarding_templates import TemplatePlan, templates_that_ship
from accounts.models import OnboardingTemplate, Segment, TemplateStep


@transaction.atomic
def install_onboarding_templates() -> int:
    """Those that are not there yet, with their steps; gives how many were made. What admins changed stays.

    One whose segment is gone, or has another active template, comes switched off.
    """
    there = set(OnboardingTemplate.objects.exclude(key=None).values_list("key", flat=True))
    missing = [plan for plan in templates_that_ship() if plan.key not in there]
    if not missing:
        return 0
    segments = {segment.key: segment for segment in Segment.objects.all()}
    taken = set(OnboardingTemplate.objects.filter(is_active=True).values_list("segment__key", flat=True))
    for plan in missing:
        _install(plan, segments.get(plan.segment), is_active=plan.segment in segments and plan.segment not in taken)
    return len(missing)


def _install(plan: TemplatePlan, segment: Segment | None, *, is_active: bool) -> None:
    template = OnboardingTemplate.objects.create(
        key=plan.key,
        name=plan.name,
        segment=segment,
        is_active=is_active,
        is_guided=plan.guided,
        first_value=plan.first_value,
        first_value_within=plan.first_value_within,
    )
    TemplateStep.objects.bulk_create(
        TemplateStep(
            template=template,
            place=place,
            key=step.key,
            stage=step.stage,
            title=step.title,
            detail=step.detail,
            owner=step.owner,
            due_day=step.due,
            longest_day=step.longest,
            proof=step.proof,
            proof_number=step.number,
            is_first_value=step.first_value,
        )
        for place, step in enumerate(plan.steps)
    )
