"""An admin tunes the scorecard: sees what other weights would change and whether they would have known of churn,
publishes them, and takes them back."""

import datetime as dt
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from accounts.models import User
from cs_workspace.common import clock
from health.models import Run, Scorecard, ScorecardVersion, Snapshot
from tests.browser.helpers import assert_accessible, assert_fits, settled
from tests.browser.stage import Stage
from tests.factories import SnapshotFactory
from tests.health.making import account

PHONE = {"width": 390, "height": 844}


def with_a_past(stage: Stage) -> None:
    """A quarter ago everybody was as today, and beside them two who were like the worst and have left since."""
    then, left = (clock.today() - dt.timedelta(days=days) for days in (92, 30))
    today = {row.account_id: row for row in Snapshot.objects.filter(day=clock.today(), score__isnull=False)}
    gone = [
        account(name=name, churned_on=left, status="churned", arr=24_000) for name in ("Flint Steel", "Gorse Farms")
    ]
    for one, like in [
        *((row.account, row) for row in today.values()),
        *((one, today[stage.worst.pk]) for one in gone),
    ]:
        SnapshotFactory(account=one, version=like.version, day=then, score=like.score, readings=like.readings)


def draft_of_ops(page: Page) -> None:
    """From the list of versions to the weights of a new draft."""
    judging = ScorecardVersion.objects.get(state=ScorecardVersion.State.PUBLISHED)
    page.goto(f"/admin/health/scorecardversion/{judging.pk}/change/")
    page.get_by_role("link", name="New draft from this").click()
    page.get_by_role("button", name="Take a new draft").click()
    page.get_by_role("link", name="Tune weights").click()
    expect(page.get_by_role("heading", name="Draft of version 2")).to_be_visible()


def test_weights_are_tried_against_the_past_published_and_taken_back(
    page: Page, login: Callable[[Page, User], None], stage: Stage
) -> None:
    with_a_past(stage)
    login(page, stage.cast.admin)
    draft_of_ops(page)
    preview, backtest = page.locator("#preview"), page.locator("#backtest")
    expect(preview).to_contain_text("0 change tier")
    expect(preview).to_contain_text("No score moves")
    expect(backtest.get_by_role("columnheader")).to_have_text(["Figure", "Version 1", "Draft"])

    page.get_by_label("Product usage", exact=True).fill("60")
    expect(page.locator("#sums")).to_have_text("sum 125 %")
    expect(preview).to_contain_text("Nothing is computed until the weights sum.")
    page.get_by_label("Engagement", exact=True).fill("0")
    expect(page.locator("#sums")).to_have_text("sum 100 %")
    expect(preview.get_by_role("table").filter(has_text="Why")).to_contain_text("weighs more")
    expect(page.locator("#publish")).to_contain_text("Save the draft to publish it")

    auc = backtest.get_by_role("row", name="Ranking of later churn (AUC)")
    expect(auc.get_by_role("cell")).to_have_text([re.compile(r"\d\.\d\d"), re.compile(r"\d\.\d\d")])
    expect(backtest.get_by_role("row", name=re.compile("Churn within 90 days, ")).first).to_contain_text(" of ")
    settled(page)
    assert_accessible(page, "the tuning", within=".tuning")
    assert_readable_on_a_phone(page)

    page.get_by_role("button", name="Save draft").click()
    page.get_by_label("Recompute everybody now").uncheck()
    page.get_by_role("button", name="Publish version 2").click()
    latest = page.get_by_role("region", name="Version 2")
    expect(latest).to_contain_text("Published")
    expect(latest.get_by_role("listitem").filter(has_text="Weight of Product usage")).to_contain_text("60")
    assert_accessible(page, "all versions", within=".tuning")

    page.get_by_role("button", name="Roll back to version 1").click()
    expect(page.get_by_text("v3 judges from now on, with what Ops v1 held.")).to_be_visible()
    ops = Scorecard.objects.get(is_default=True)
    first, judging = ops.versions.get(number=1), ops.published
    assert judging is not None
    assert judging.number == 3
    assert judging.to_domain().dimensions == first.to_domain().dimensions
    assert Run.objects.count() == 1


def assert_readable_on_a_phone(page: Page) -> None:
    """Both versions stand side by side under each figure, and nothing hides at the side."""
    desk = page.viewport_size
    page.set_viewport_size(PHONE)
    assert_fits(page, "the tuning on a phone")
    table = page.locator("#backtest .scroll")
    assert table.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    now, draft = page.locator(".tuning-backtest tbody tr").first.locator("td").all()
    expect(now).to_be_visible()
    assert now.bounding_box()["y"] == draft.bounding_box()["y"]  # type: ignore[index]
    assert_accessible(page, "the tuning on a phone", within=".tuning")
    page.set_viewport_size(desk)  # type: ignore[arg-type]
