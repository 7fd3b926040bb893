"""Accounts with 90 days of daily observations, made by SQL; the same seed gives the same book.

Chance is a hash of account, day and purpose, so that every table can be made by itself.
"""

import datetime as dt

from bench.database import statement

USERS = 8
FEATURES = 10
SNAPSHOT_DAYS = 32
USAGE_DAYS = 90


def chance(purpose: str, *parts: str) -> str:
    """SQL for a number from 0 to 1 that hangs on the account, the parts and the seed."""
    key = " || '-' || ".join([f"'{purpose}'", "a.id::text", *(f"{part}::text" for part in parts)])
    return f"((hashtextextended({key}, %(seed)s) & 1048575) / 1048576.0)"


# How well an account fares, from 0 to 1; nearly all else follows. About one in eight is at risk, as in the demo.
MOOD = f"(1 - {chance('mood')} ^ 5)"
OFFER = (
    """INSERT INTO accounts_product (key, name, feature_count)
       SELECT 'product-' || n, 'Product ' || n, %(features)s FROM generate_series(1, 3) n""",
    """INSERT INTO health_feature (product_id, key, name, core)
       SELECT p.id, 'feature-' || n, 'Feature ' || n, n < 4
       FROM accounts_product p CROSS JOIN generate_series(1, %(features)s) n""",
    """INSERT INTO accounts_user (password, last_login, is_superuser, email, name, title, role, manager_id, time_zone,
           read_only, is_active, email_delivery, recent_accounts, created_at, updated_at)
       SELECT '!', NULL, false, 'csm' || n || '@bench.example', 'CSM ' || n, '', 'csm', NULL, 'UTC',
           false, true, 'none', '[]', now(), now()
       FROM generate_series(1, 100) n""",
)
ACCOUNTS = f"""
    INSERT INTO accounts_account (created_at, updated_at, source, external_id, version, name, domain, industry,
        country, time_zone, segment_pinned, stage, status, is_trial, tags, currency, customer_since, seasonal,
        low_season_months, strategic, custom, arr, health_tier, health_trend, health_reason, open_alerts, owner_id)
    SELECT now(), now(), 'bench', a.id::text, 1, 'Account ' || a.id, '', '', '', 'UTC', false,
        'established', 'active',
        {chance("trial")} < 0.02, '{{}}', 'EUR', %(today)s::date - 100 - ({chance("since")} * 900)::int,
        {chance("season")} < 0.05, '{{}}', false, '{{}}', 0, '', '', '', 0,
        (SELECT min(id) FROM accounts_user) + a.id %% 100
    FROM generate_series(%(first)s, %(accounts)s) AS a (id)
"""
# The first so many make accounts and their contracts, the others what was observed of them.
CONTRACTED = 3
STATEMENTS = (
    ACCOUNTS,
    f"""INSERT INTO accounts_contract (created_at, updated_at, source, external_id, account_id, number, start, "end",
           auto_renew, notice_days, billing, currency, status, expected_logins_per_week)
       SELECT now(), now(), 'bench', a.id::text, a.id, '', %(today)s::date - 300,
           %(today)s::date + 10 + ({chance("end")} * 350)::int, true, 30, 'yearly', 'EUR', 'active', 40
       FROM new_account a""",
    f"""INSERT INTO accounts_contractline (source, external_id, contract_id, product_id, seats, arr, discount)
       SELECT 'bench', c.external_id, c.id, (SELECT min(id) FROM accounts_product) + a.id %% 3, 20,
           round((2000 + {chance("arr")} ^ 4 * 200000)::numeric, 2), 0
       FROM accounts_contract c JOIN new_account a ON a.id = c.account_id""",
    f"""INSERT INTO health_usageday (account_id, product_id, day, logins, active_users, core_actions, minutes,
           data_volume)
       SELECT a.id, NULL, d.day::date, (use.share * 20)::int, (use.share * 8)::int, (use.share * 90)::int,
           (use.share * 600)::int, use.share * 100
       FROM generate_series(%(today)s::date - %(usage_days)s + 1, %(today)s::date, '1 day') AS d (day)
       CROSS JOIN new_account a
       CROSS JOIN LATERAL (SELECT CASE WHEN {chance("idle", "d.day")} > {MOOD} + 0.2 THEN 0
           ELSE {MOOD} * (0.5 + {chance("use", "d.day")}) END AS share) use""",
    f"""INSERT INTO health_usermonth (account_id, product_id, user_key, month, days)
       SELECT a.id, NULL, 'user-' || u, m.month::date, ({chance("days", "u", "m.month")} * 134217727)::int | 1
       FROM generate_series(date_trunc('month', %(today)s::date - %(usage_days)s), %(today)s::date, '1 month')
           AS m (month)
       CROSS JOIN new_account a CROSS JOIN generate_series(1, %(users)s) u
       WHERE {chance("user", "u")} < {MOOD} + 0.2""",
    f"""INSERT INTO health_featuremonth (account_id, feature_id, month, days, uses)
       SELECT a.id, f.id, m.month::date, ({chance("used", "f.id", "m.month")} * 134217727)::int | 1,
           array_fill(1, ARRAY[28])
       FROM generate_series(date_trunc('month', %(today)s::date - %(usage_days)s), %(today)s::date, '1 month')
           AS m (month)
       CROSS JOIN new_account a
       JOIN health_feature f ON f.product_id = (SELECT min(id) FROM accounts_product) + a.id %% 3
       WHERE {chance("feature", "f.id")} < {MOOD} + 0.2""",
    f"""INSERT INTO health_ticket (source, external_id, account_id, subject, severity, opened_at, closed_at, escalated)
       SELECT 'bench', a.id || '-' || n, a.id, '', CASE WHEN n = 1 THEN 'critical' ELSE 'normal' END, opened.at,
           opened.at + interval '1 day', n = 2
       FROM new_account a CROSS JOIN generate_series(1, 10) n
       CROSS JOIN LATERAL (SELECT %(today)s::timestamptz - {chance("ticket", "n")} * interval '120 days' AS at) opened
       WHERE {chance("tickets", "n")} > {MOOD}""",
    f"""INSERT INTO health_surveyanswer (source, external_id, account_id, kind, score, comment, at)
       SELECT 'bench', a.id || kind, a.id, kind,
           CASE kind WHEN 'nps' THEN round({MOOD} * 10)::int ELSE 1 + round({MOOD} * 4)::int END, '',
           %(today)s::timestamptz - {chance("answer")} * interval '200 days'
       FROM new_account a CROSS JOIN (VALUES ('nps'), ('csat')) AS k (kind)""",
    f"""INSERT INTO health_trainingrecord (source, external_id, account_id, course, assigned_on, completed_on)
       SELECT 'bench', a.id || '-' || n, a.id, 'Course ' || n, %(today)s::date - 100,
           CASE WHEN {chance("course", "n")} < {MOOD} + 0.3 THEN %(today)s::date - 50 END
       FROM new_account a CROSS JOIN generate_series(1, 3) n""",
    f"""INSERT INTO health_event (source, external_id, account_id, kind, name, at, properties)
       SELECT 'bench', a.id::text, a.id, CASE WHEN {chance("came")} < {MOOD} THEN 'attended' ELSE 'invited' END,
           'Webinar', %(today)s::timestamptz - interval '40 days', '{{}}'
       FROM new_account a""",
    f"""INSERT INTO accounts_touch (created_at, updated_at, source, external_id, version, account_id, kind, direction,
           at, attended, sentiment, summary, next_step)
       SELECT now(), now(), 'bench', a.id || '-' || n, 1, a.id, 'call', 'out',
           %(today)s::timestamptz - n * interval '20 days',
           {chance("attended", "n")} < {MOOD} + 0.3,
           CASE WHEN {MOOD} > 0.6 THEN 'positive' WHEN {MOOD} > 0.3 THEN 'neutral' ELSE 'negative' END, '', ''
       FROM new_account a CROSS JOIN generate_series(1, 4) n""",
    f"""INSERT INTO accounts_contact (created_at, updated_at, source, external_id, version, account_id, name, email,
           phone, title, function, seniority, time_zone, roles, influence, sentiment, engagement, status, left_on,
           consent)
       SELECT now(), now(), 'bench', a.id || '-' || n, 1, a.id, 'Contact', '', '', '', 'IT', '', '',
           CASE n WHEN 1 THEN '{{champion}}'::varchar[] ELSE '{{user}}'::varchar[] END, 5, '', 'engaged',
           CASE WHEN gone.is THEN 'left' ELSE 'active' END, CASE WHEN gone.is THEN %(today)s::date - 20 END, true
       FROM new_account a CROSS JOIN generate_series(1, 3) n
       CROSS JOIN LATERAL (SELECT n = 1 AND {chance("left")} > {MOOD} + 0.5 AS is) gone""",
    f"""INSERT INTO accounts_invoice (created_at, updated_at, source, external_id, account_id, number, issued_on,
           due_on, paid_on, amount, currency, status)
       SELECT now(), now(), 'bench', a.id || '-' || n, a.id, a.id || '-' || n, %(today)s::date - n * 80 - 30,
           %(today)s::date - n * 80,
           %(today)s::date - n * 80 + CASE WHEN {chance("late", "n")} > {MOOD} + 0.4 THEN 9 ELSE -3 END,
           1000, 'EUR', 'paid'
       FROM new_account a CROSS JOIN generate_series(1, 4) n""",
    f"""INSERT INTO health_alignmentjudgement (account_id, value, comment, at)
       SELECT a.id, CASE WHEN {MOOD} > 0.4 THEN 'aligned' ELSE 'uncertain' END, '',
           %(today)s::timestamptz - interval '60 days'
       FROM new_account a""",
)
# The past as the recompute finds it: a score for each of the days before today.
SNAPSHOTS = f"""
    INSERT INTO health_snapshot (account_id, day, version_id, score, rank, confidence, dimensions, readings, points)
    SELECT a.id, d.day::date, v.id, s.score, CASE WHEN s.score >= 80 THEN 1 WHEN s.score >= 60 THEN 2
        WHEN s.score >= 40 THEN 3 ELSE 4 END, 1, array_fill(s.score::real, ARRAY[4]), array_fill(1::real, ARRAY[15]),
        array_fill((s.score / 15)::real, ARRAY[15])
    FROM generate_series(%(today)s::date - %(snapshot_days)s, %(today)s::date - 1, '1 day') AS d (day)
    CROSS JOIN new_account a
    JOIN health_scorecardversion v ON v.state = 'published'
    CROSS JOIN LATERAL (SELECT round((25 + {MOOD} * 70 + {chance("noise", "d.day")} * 4)::numeric, 1) AS score) s
    WHERE NOT a.is_trial
"""


def make_accounts(accounts: int, today: dt.date, *, seed: int = 7) -> None:
    """Accounts with owners and products to offer, and nothing else."""
    params = {"first": 1, "accounts": accounts, "today": today, "seed": seed, "features": FEATURES}
    for sql in (*OFFER, ACCOUNTS):
        statement(sql, **params)


def make_book(accounts: int, today: dt.date, *, first: int = 1, seed: int = 7, observed: bool = True) -> None:
    """Accounts `first` to `accounts`, with contracts, every observation that Ops looks at and a month of snapshots;
    without being `observed`, the contracts alone."""
    params = {
        "first": first,
        "accounts": accounts,
        "today": today,
        "seed": seed,
        "users": USERS,
        "features": FEATURES,
        "usage_days": USAGE_DAYS,
        "snapshot_days": SNAPSHOT_DAYS,
    }
    statement("DROP VIEW IF EXISTS new_account")
    statement(f"CREATE VIEW new_account AS SELECT * FROM accounts_account WHERE id >= {first:d}")
    made = (*STATEMENTS, SNAPSHOTS) if observed else STATEMENTS[:CONTRACTED]
    for sql in (*(OFFER if first == 1 else ()), *made):
        statement(sql, **params)
    statement("DROP VIEW new_account")
    statement("VACUUM ANALYZE")
