"""What beat asks for, and when. Each of these can run twice, and at once."""

from celery.schedules import crontab

SCHEDULE = {
    "settle-churn": {"task": "renewals.tasks.settle_churn", "schedule": crontab(hour=1, minute=15)},
    # Each month is kept once: on the first, or in the first night after it.
    "keep-forecast": {"task": "renewals.tasks.keep_forecast", "schedule": crontab(hour=0, minute=20)},
    "keep-ledger": {"task": "renewals.tasks.keep_ledger", "schedule": crontab(hour=1, minute=30)},
    # By day for what changes; the one at twenty past three finds the ledger and the scores of the night.
    "look-after-renewals": {
        "task": "renewals.tasks.look_after_renewals",
        "schedule": crontab(minute=20),
        "options": {"expires": 3600},
    },
    # After the scores of the night, whose trend may ask for a review, and by day for new owners and onboardings.
    "look-after-reviews": {
        "task": "qbr.tasks.look_after_reviews",
        "schedule": crontab(minute=40),
        "options": {"expires": 3600},
    },
    "keep-scores-after-reviews": {
        "task": "qbr.tasks.keep_scores_after",
        "schedule": crontab(hour=3, minute=50),
    },
    "spot-expansion": {"task": "renewals.tasks.spot_expansion", "schedule": crontab(hour=3, minute=35)},
    "follow-campaigns": {
        "task": "renewals.tasks.follow_campaigns",
        "schedule": crontab(minute=25),
        "options": {"expires": 3600},
    },
    "recompute-nightly": {"task": "health.tasks.recompute_nightly", "schedule": crontab(hour=2, minute=0)},
    # Beside the task that every observation sends; without workers they must not pile up.
    "refresh-dirty": {"task": "health.tasks.refresh_dirty", "schedule": 2.0, "options": {"expires": 60}},
    "resume-runs": {"task": "health.tasks.resume_runs", "schedule": 60.0},
    "resume-decks": {"task": "qbr.tasks.resume_decks", "schedule": 60.0, "options": {"expires": 60}},
    "wake-snoozed": {"task": "health.tasks.wake_snoozed", "schedule": 300.0},
    "end-overrides": {"task": "health.tasks.end_overrides", "schedule": 60.0, "options": {"expires": 60}},
    "end-contracted-plans": {
        "task": "renewals.tasks.end_contracted_plans",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "look-after-save-plans": {
        "task": "health.tasks.look_after_save_plans",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "close-pointless-alerts": {"task": "health.tasks.close_pointless_alerts", "schedule": 3600.0},
    # Each month has one training; often, so that one whose worker died is begun again.
    "train-churn-model": {"task": "health.tasks.train_churn_model", "schedule": 600.0, "options": {"expires": 600}},
    "ask-after-events": {
        "task": "health.tasks.ask_after_events",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    "ask-after-reviews": {
        "task": "qbr.tasks.ask_after_reviews",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 900},
    },
    # In the morning, before people begin their day; quiet hours hold the e-mails back where it is still night.
    "ask-by-schedule": {"task": "health.tasks.ask_by_schedule", "schedule": crontab(hour=6, minute=10)},
    "advance-playbooks": {"task": "accounts.tasks.advance_playbooks", "schedule": 60.0, "options": {"expires": 60}},
    "start-playbook-timelines": {"task": "accounts.tasks.start_playbook_timelines", "schedule": 3600.0},
    "take-playbook-results": {"task": "accounts.tasks.take_playbook_results", "schedule": 3600.0},
    "look-after-onboardings": {
        "task": "accounts.tasks.look_after_onboardings",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "look-after-sequences": {
        "task": "accounts.tasks.look_after_sequences",
        "schedule": 180.0,
        "options": {"expires": 180},
    },
    "fill-sequences": {"task": "accounts.tasks.fill_sequences", "schedule": crontab(minute=25, hour="*/4")},
    "send-messages": {"task": "accounts.tasks.send_messages", "schedule": 30.0},
    "send-mails": {"task": "accounts.tasks.send_mails", "schedule": 30.0, "options": {"expires": 30}},
    # Often, for it is seven in the morning somewhere; each user gets one a day.
    "send-digests": {"task": "accounts.tasks.send_digests", "schedule": crontab(minute="*/15")},
}
