"""Playbooks, their versions, what sets them off, and their runs on accounts."""

import datetime as dt
from functools import cached_property

import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.domain.playbook_runs import Outcome, RunState
from accounts.domain.playbooks import Plan, Step
from accounts.models.account import Account
from accounts.models.user import User
from accounts.models.work import Task
from cs_workspace.common.models import Timed, Versioned

LIVE = (RunState.RUNNING.value, RunState.PAUSED.value)


class Holiday(models.Model):
    """A day on which nobody in the workspace works, beside Saturdays and Sundays."""

    day = models.DateField(unique=True)
    name = models.CharField(max_length=80)

    class Meta:
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.name}, {self.day:%d %b %Y}"


@pghistory.track(pghistory.UpdateEvent(), pghistory.InsertEvent(), exclude=["updated_at", "version"])
class Playbook(Timed, Versioned):
    """Work that is done the same way whenever something happens. What it does stands in its current version.

    Those that ship have a key; runs begin only while it is switched on.
    """

    key = models.SlugField(max_length=60, unique=True, null=True, blank=True, editable=False)
    name = models.CharField(max_length=120, unique=True)
    aim = models.CharField(max_length=300, blank=True, help_text="What it is for, in a line.")
    current = models.ForeignKey(
        "accounts.PlaybookVersion", on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    active_since = models.DateTimeField(null=True, editable=False, help_text="Empty while it is switched off.")

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(active_since=None) | Q(current__isnull=False), name="playbook_active_has_a_version"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.active_since is not None


class PlaybookVersion(models.Model):
    """What a playbook does, as it was published: never changed, for runs go on by the version with which they began."""

    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    trigger = models.SlugField(max_length=30, db_index=False)
    trigger_choice = models.CharField(max_length=60, blank=True)
    trigger_number = models.IntegerField(null=True)
    content = models.JSONField(help_text="As `accounts.domain.playbooks.Plan` writes it.")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["playbook", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["playbook", "number"], name="playbook_version_number_once"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="keep_what_was_published", exclude=["published_by"]),
        ]

    def __str__(self) -> str:
        return f"{self.playbook} {self.number}"

    @cached_property
    def plan(self) -> Plan:
        return Plan.from_dict(self.content)


# Whoever moves an account to another stage, by hand, in bulk or by an import: it is noticed in the same statement, and
# only where a playbook waits for it.
_NOTE_STAGE = """
    IF EXISTS (
        SELECT 1 FROM accounts_playbook p JOIN accounts_playbookversion v ON v.id = p.current_id
        WHERE p.active_since IS NOT NULL AND v.trigger = 'stage_change' AND v.trigger_choice IN ('', NEW.stage)
    ) THEN
        INSERT INTO accounts_playbookcue (kind, choice, number, account_id, key, reason, at)
        VALUES (
            'stage_change', NEW.stage, NULL, NEW.id, 'stage:' || NEW.stage || ':' || pg_current_xact_id(),
            'Stage changed from ' || replace(OLD.stage, '_', ' ') || ' to ' || replace(NEW.stage, '_', ' '), now()
        )
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
"""
pgtrigger.register(
    pgtrigger.Trigger(
        name="note_stage",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("stage"),
        condition=pgtrigger.Q(old__stage__df=pgtrigger.F("new__stage")),
        func=_NOTE_STAGE,
    )
)(Account)


# Whoever moves an account to a segment with a lower bound: the night by its ARR, an import, an admin by hand. A fall
# that nobody has looked into yet, whose key names the segment from which it began, is one with the next move: what is
# told is the way from there to here, and nothing where that leads up again. An account that had no segment fell from
# none, and the move out of one has taken what was pending along.
_NOTE_SEGMENT = """
    WITH pending AS (
        DELETE FROM accounts_playbookcue WHERE account_id = NEW.id AND kind = 'segment_lowered' RETURNING id, key
    )
    SELECT split_part(key, ':', 2)::bigint INTO origin FROM pending ORDER BY id LIMIT 1;
    INSERT INTO accounts_playbookcue (kind, choice, number, account_id, key, reason, at)
    SELECT
        'segment_lowered', here.key, NULL, NEW.id, 'segment:' || there.id || ':' || pg_current_xact_id(),
        'Moved from ' || there.name || ' to ' || here.name, now()
    FROM accounts_segment here JOIN accounts_segment there ON there.id = COALESCE(origin, OLD.segment_id)
    WHERE here.id = NEW.segment_id AND here.lower_arr < there.lower_arr AND EXISTS (
        SELECT 1 FROM accounts_playbook p JOIN accounts_playbookversion v ON v.id = p.current_id
        WHERE p.active_since IS NOT NULL AND v.trigger = 'segment_lowered' AND v.trigger_choice IN ('', here.key)
    )
    ON CONFLICT DO NOTHING;
    RETURN NULL;
"""
pgtrigger.register(
    pgtrigger.Trigger(
        name="note_segment",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("segment_id"),
        condition=pgtrigger.Q(old__segment__isnull=False, old__segment__df=pgtrigger.F("new__segment")),
        declare=[("origin", "bigint")],
        func=_NOTE_SEGMENT,
    )
)(Account)


class PlaybookCue(models.Model):
    """Something happened on an account that may set playbooks off. It goes once that was looked into.

    Written in the transaction in which it happened, so that neither a crash nor a repetition loses or doubles it.
    """

    kind = models.SlugField(max_length=30, db_index=False)
    choice = models.CharField(max_length=60, blank=True)
    number = models.IntegerField(null=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=200, help_text="Names the happening, so that it sets a playbook off once.")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "key"], name="playbook_cue_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.account_id}: {self.reason}"


class PlaybookRunQuerySet(models.QuerySet["PlaybookRun"]):
    """Conditions over runs of playbooks."""

    def visible_to(self, user: User) -> "PlaybookRunQuerySet":
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))

    def live(self) -> "PlaybookRunQuerySet":
        """Running or paused."""
        return self.filter(state__in=LIVE)

    def due(self, *, now: dt.datetime) -> "PlaybookRunQuerySet":
        """To be looked at: something may have to be done."""
        return self.filter(state=PlaybookRun.State.RUNNING, next_at__lte=now)


class PlaybookRun(Timed, Versioned):
    """A playbook at work on an account, by the version with which it began. One live per playbook and account."""

    class State(models.TextChoices):
        RUNNING = RunState.RUNNING.value, "Running"
        PAUSED = RunState.PAUSED.value, "Paused"
        FINISHED = RunState.FINISHED.value, "Finished"
        STOPPED = RunState.STOPPED.value, "Stopped"
        CANCELLED = RunState.CANCELLED.value, "Cancelled"

    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="runs", db_index=False)
    plan_version = models.ForeignKey(PlaybookVersion, on_delete=models.PROTECT, related_name="runs")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="playbook_runs", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.RUNNING)
    trigger_key = models.CharField(max_length=200, help_text="Names what set it off.")
    reason = models.CharField(max_length=300, blank=True, help_text="What set it off, in words.")
    position = models.PositiveSmallIntegerField(default=0, help_text="The place of the step that is under way or next.")
    reached_at = models.DateTimeField(help_text="Since when.")
    next_at = models.DateTimeField(null=True, blank=True, help_text="When to look at it again.")
    waits_until = models.DateTimeField(null=True, blank=True, help_text="Of a wait that is under way: its end.")
    problem = models.CharField(max_length=300, blank=True, help_text="What holds it up.")
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    score_at_start = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True)

    objects = PlaybookRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-pk"]
        indexes = [
            models.Index(fields=["account", "-started_at", "-id"], name="playbook_run_account"),
            models.Index(fields=["playbook", "state", "-started_at"], name="playbook_run_playbook"),
            models.Index(fields=["next_at"], name="playbook_run_due", condition=Q(state="running")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["playbook", "account"], condition=Q(state__in=LIVE), name="playbook_run_one_live"
            ),
            models.UniqueConstraint(
                fields=["playbook", "account", "trigger_key"], name="playbook_run_once_per_trigger"
            ),
            models.CheckConstraint(
                condition=Q(state="running", next_at__isnull=False) | (~Q(state="running") & Q(next_at=None)),
                name="playbook_run_is_looked_at_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at=None) | (~Q(state__in=LIVE) & Q(ended_at__gte=F("started_at"))),
                name="playbook_run_end_has_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.playbook_id} on {self.account_id}: {self.state}"

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def steps_of_plan(self) -> tuple[Step, ...]:
        return self.plan_version.plan.steps


class RunStep(models.Model):
    """What became of one step of a run. A task has one, so that it is made once."""

    class Outcome(models.TextChoices):
        MADE = Outcome.MADE.value, "Made"
        DONE = Outcome.DONE.value, "Done"
        PASSED = Outcome.PASSED.value, "Passed over"
        SKIPPED = Outcome.SKIPPED.value, "Skipped"

    run = models.ForeignKey(PlaybookRun, on_delete=models.CASCADE, related_name="steps", db_index=False)
    place = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=7, choices=Outcome)
    title = models.CharField(max_length=200, blank=True)
    task = models.ForeignKey(Task, on_delete=models.SET_NULL, null=True, blank=True, related_name="playbook_steps")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was skipped.")

    class Meta:
        ordering = ["run", "place"]
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="playbook_run_step_once")]

    def __str__(self) -> str:
        return f"{self.run_id}, step {self.place + 1}: {self.outcome}"
