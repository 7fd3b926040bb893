"""How a run goes: step after step, waiting for tasks and days, over conditions, to an end that always comes."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.playbook_runs import (
    NO_CUSTOMER,
    TRANSITIONS,
    Ending,
    Outcome,
    Person,
    Progress,
    Refusal,
    RunState,
    RunVerb,
    Situation,
    advance,
    conditions_missed,
    rehearse,
    state_after,
)
from accounts.domain.playbooks import Condition, Otherwise, Plan, Role, Step, StepKind, Trigger
from accounts.domain.workdays import Calendar, Unit

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
NOW = dt.datetime(2026, 3, 10, 9, tzinfo=dt.UTC)  # a Tuesday, ten in Berlin
OLGA, MONA = Person(1, "Olga", BERLIN), Person(2, "Mona", Calendar(ZoneInfo("America/New_York")))
KNOWN = Situation(
    facts={"tier": 3, "score": 48},
    texts={"account.name": "Halden", "champion.name": ""},
    calendar=BERLIN,
    people={Role.OWNER: OLGA, Role.MANAGER: MONA},
    recipients={"champion": "Jana <jana@halden.example>"},
)
AT_RISK = Condition("tier", "at_least", "3")
HEALTHY = Condition("tier", "at_most", "2")
CALL, WRITE = Step(StepKind.TASK, title="Call {account.name}", days=1), Step(StepKind.TASK, title="Write")
WAIT = Step(StepKind.WAIT, days=2)


def plan(*steps: Step, **fields) -> Plan:
    return Plan(Trigger("hand"), steps, **fields)


def start(**fields) -> Progress:
    return Progress(0, NOW, **fields)


def go(steps: Plan, progress: Progress | None = None, situation: Situation = KNOWN, now: dt.datetime = NOW):
    return advance(steps, progress or start(), situation, now=now)


def closed(progress: Progress) -> Progress:
    return replace(progress, tasks=dict.fromkeys(progress.tasks, True))


def test_a_task_is_made_with_its_text_its_person_and_its_day():
    taken = go(plan(CALL, WRITE))
    (entry,) = taken.entries
    assert (entry.place, entry.outcome, entry.title, entry.person) == (0, Outcome.MADE, "Call Halden", OLGA)
    assert entry.due_at == dt.datetime(2026, 3, 11, 16, tzinfo=dt.UTC)
    assert (taken.progress.position, taken.progress.tasks, taken.ending, taken.over_at) == (0, {0: False}, None, None)


def test_the_next_step_begins_when_the_task_is_closed():
    made = go(plan(CALL, WRITE)).progress
    assert go(plan(CALL, WRITE), made).entries == ()
    later = NOW + dt.timedelta(days=1)
    taken = go(plan(CALL, WRITE), closed(made), now=later)
    assert [entry.title for entry in taken.entries] == ["Write"]
    assert (taken.progress.position, taken.progress.reached_at) == (1, later)


def test_a_task_that_does_not_block_lets_the_next_step_begin_and_is_waited_for_at_the_end():
    steps = plan(replace(CALL, blocks=False), replace(WRITE, blocks=False))
    taken = go(steps)
    assert [entry.title for entry in taken.entries] == ["Call Halden", "Write"]
    assert (taken.progress.position, taken.ending) == (2, None)
    assert go(steps, replace(taken.progress, tasks={0: True, 1: False})).ending is None
    assert go(steps, closed(taken.progress)).ending == Ending(RunState.FINISHED)


def test_a_role_that_nobody_plays_falls_to_the_owner_and_then_to_nobody():
    seller = plan(replace(CALL, role=Role.AE))
    assert go(seller).entries[0].person == OLGA
    assert go(plan(replace(CALL, role=Role.MANAGER))).entries[0].person == MONA
    assert go(seller, situation=replace(KNOWN, people={})).entries[0].person is None


def test_days_are_those_of_the_one_who_has_the_task():
    evening = dt.datetime(2026, 3, 10, 17, tzinfo=dt.UTC)  # six in Berlin, one in New York
    assert go(plan(WRITE), now=evening).entries[0].due_at == dt.datetime(2026, 3, 11, 16, tzinfo=dt.UTC)
    of_mona = go(plan(replace(WRITE, role=Role.MANAGER)), now=evening).entries[0].due_at
    assert of_mona == dt.datetime(2026, 3, 10, 21, tzinfo=dt.UTC)


def test_a_wait_is_over_on_its_day_and_not_before():
    over = dt.datetime(2026, 3, 12, 7, tzinfo=dt.UTC)
    taken = go(plan(WAIT, WRITE))
    assert (taken.entries, taken.over_at) == ((), over)
    assert go(plan(WAIT, WRITE), now=over - dt.timedelta(seconds=1)).entries == ()
    assert [entry.outcome for entry in go(plan(WAIT, WRITE), now=over).entries] == [Outcome.DONE, Outcome.MADE]


@pytest.mark.parametrize(
    ("condition", "otherwise", "outcomes", "ending"),
    [
        (AT_RISK, Otherwise.STOP, [Outcome.DONE, Outcome.MADE], None),
        (HEALTHY, Otherwise.STOP, [Outcome.PASSED], Ending(RunState.STOPPED, "A condition on the way did not hold.")),
        (HEALTHY, Otherwise.SKIP, [Outcome.PASSED, Outcome.PASSED, Outcome.MADE], None),
        (Condition("arr", "at_least", "1"), Otherwise.SKIP, [Outcome.PASSED, Outcome.PASSED, Outcome.MADE], None),
    ],
)
def test_a_condition_goes_on_skips_or_stops_and_what_is_not_known_does_not_hold(condition, otherwise, outcomes, ending):
    step = Step(StepKind.CONDITION, condition=condition, otherwise=otherwise)
    taken = go(plan(step, CALL, WRITE))
    assert [entry.outcome for entry in taken.entries] == outcomes
    assert taken.ending == ending


def test_a_stop_ends_the_run_with_its_words():
    taken = go(plan(replace(CALL, blocks=False), Step(StepKind.STOP, title="{account.name} is fine"), WRITE))
    assert taken.ending == Ending(RunState.FINISHED, "Halden is fine")
    assert len(taken.entries) == 2


def test_a_message_is_told_and_nothing_is_waited_for():
    taken = go(plan(Step(StepKind.NOTICE, title="Look at {account.name}", role=Role.MANAGER)))
    assert [(entry.title, entry.person, entry.due_at) for entry in taken.entries] == [("Look at Halden", MONA, None)]
    assert taken.ending == Ending(RunState.FINISHED)


def test_an_email_becomes_a_task_with_the_whole_draft():
    (entry,) = go(plan(Step(StepKind.EMAIL, title="Hello {account.name}", body="Dear you", to="champion"))).entries
    assert entry.title == "Send: Hello Halden"
    assert entry.body == "To: Jana <jana@halden.example>\nSubject: Hello Halden\n\nDear you"


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        (Step(StepKind.TASK, title="Ask {champion.name}"), "Not known for this account: champion at the customer."),
        (
            Step(StepKind.EMAIL, title="Hello", body="Dear you", to="sponsor"),
            "Nobody at the customer is known whom this e-mail could go to.",
        ),
    ],
)
def test_what_is_not_known_holds_the_run_up_and_makes_nothing(step, problem):
    taken = go(plan(step, WRITE))
    assert (taken.entries, taken.problem, taken.progress.position) == ((), problem, 0)


def test_leaving_the_condition_stops_the_run_if_the_playbook_says_so():
    better = replace(KNOWN, facts={"tier": 2})
    stays, leaves = plan(CALL, conditions=(AT_RISK,)), plan(CALL, conditions=(AT_RISK,), stops_when_left=True)
    made = go(leaves).progress
    assert go(leaves, made).ending is None
    assert go(leaves, made, better).ending == Ending(RunState.STOPPED, "What it was started for holds no longer.")
    assert go(stays, made, better).ending is None


def test_what_is_not_known_has_not_been_left_but_lets_nothing_begin():
    unknown = replace(KNOWN, facts={})
    leaves = plan(CALL, conditions=(AT_RISK,), stops_when_left=True)
    assert go(leaves, situation=unknown).ending is None
    assert conditions_missed(leaves, unknown) == [AT_RISK]
    assert conditions_missed(leaves, KNOWN) == []


def test_an_account_that_is_no_customer_any_more_stops_all_but_what_is_for_lost_ones():
    lost = replace(KNOWN, is_customer=False)
    assert go(plan(CALL), situation=lost).ending == Ending(RunState.STOPPED, NO_CUSTOMER)
    exit_play = Plan(Trigger("stage_change", "churned"), (CALL,))
    assert go(exit_play, situation=lost).ending is None


def test_every_verb_has_an_outcome_in_every_state_and_nothing_leads_out_of_an_end():
    assert {state: set(verbs) for state, verbs in TRANSITIONS.items()} == {state: set(RunVerb) for state in RunState}
    possible = {
        (state, verb) for state in RunState for verb in RunVerb if not isinstance(state_after(state, verb), Refusal)
    }
    assert possible == {
        (RunState.RUNNING, RunVerb.PAUSE),
        (RunState.RUNNING, RunVerb.SKIP),
        (RunState.RUNNING, RunVerb.CANCEL),
        (RunState.PAUSED, RunVerb.RESUME),
        (RunState.PAUSED, RunVerb.CANCEL),
    }


def test_a_rehearsal_tells_what_comes_on_which_day():
    steps = plan(CALL, WAIT, Step(StepKind.TASK, title="Ask {champion.name}"), WRITE)
    shown = rehearse(steps, KNOWN, now=NOW)
    assert [(one.at.date().isoformat(), one.entry.place, one.problem) for one in shown.steps] == [
        ("2026-03-10", 0, ""),
        ("2026-03-13", 1, ""),  # the call is due on the 11th, and two working days follow
        ("2026-03-13", 2, "Not known for this account: champion at the customer."),
        ("2026-03-13", 3, ""),
    ]
    assert (shown.problems, shown.ending) == (1, Ending(RunState.FINISHED))


conditions = st.sampled_from([AT_RISK, HEALTHY, Condition("arr", "at_least", "1")])
steps = st.one_of(
    st.builds(Step, st.just(StepKind.TASK), title=st.just("Do {account.name}"), blocks=st.booleans(),
              days=st.integers(0, 5), unit=st.sampled_from(Unit), role=st.sampled_from(Role)),
    st.builds(Step, st.just(StepKind.EMAIL), title=st.just("Hello"), body=st.just("x"), to=st.just("champion")),
    st.builds(Step, st.just(StepKind.NOTICE), title=st.just("Look")),
    st.builds(Step, st.just(StepKind.WAIT), days=st.integers(1, 9), unit=st.sampled_from(Unit)),
    st.builds(Step, st.just(StepKind.CONDITION), condition=conditions, otherwise=st.sampled_from(Otherwise),
              skip=st.integers(1, 3)),
    st.builds(Step, st.just(StepKind.STOP), title=st.just("Enough")),
)  # fmt: skip
plans = st.builds(
    Plan, st.just(Trigger("hand")), st.lists(steps, max_size=12).map(tuple),
    st.lists(conditions, max_size=2).map(tuple), st.booleans(),
)  # fmt: skip
situations = st.builds(
    replace, st.just(KNOWN), facts=st.dictionaries(st.just("tier"), st.integers(1, 4)), is_customer=st.booleans()
)


@given(plans, situations)
def test_asked_again_at_the_same_moment_it_does_nothing_more(plan, situation):
    first = go(plan, situation=situation)
    if first.ending is None:
        again = go(plan, first.progress, situation)
        assert (again.entries, again.ending) == ((), None)
        assert (again.progress, again.over_at, again.problem) == (first.progress, first.over_at, first.problem)


@given(plans, situations, st.data())
def test_a_run_whose_tasks_get_closed_comes_to_an_end_and_does_each_step_once(plan, situation, data):
    progress, now, places = start(), NOW, []
    for _ in range(3 * len(plan.steps) + 2):
        taken = go(plan, progress, situation, now)
        places += [entry.place for entry in taken.entries]
        assert taken.progress.position >= progress.position
        if taken.ending:
            break
        progress, now = taken.progress, taken.over_at or now + dt.timedelta(hours=1)
        waiting = [place for place, is_closed in progress.tasks.items() if not is_closed]
        if waiting and not taken.over_at:
            done = data.draw(st.sampled_from(waiting)) if len(waiting) == 1 else None
            tasks = dict.fromkeys(progress.tasks, True) if done is None else {**progress.tasks, done: True}
            progress = replace(progress, tasks=tasks)
    assert taken.ending
    assert places == sorted(set(places))


@given(plans, situations)
def test_a_rehearsal_ends_and_shows_each_step_at_most_once_in_order_of_time(plan, situation):
    shown = rehearse(plan, situation, now=NOW)
    places, moments = [one.entry.place for one in shown.steps], [one.at for one in shown.steps]
    assert places == sorted(set(places))
    assert moments == sorted(moments)
    assert shown.ends_at >= NOW
