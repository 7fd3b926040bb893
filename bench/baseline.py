"""What the engine is measured against: Ops by hand, in one statement that reads the same rows.

For the nightly run it writes the same snapshots into a table with the same keys and constraints; for the preview of a
draft it counts who moves between tiers. It knows nothing of scorecards, alerts, trends or explanations, and what it
finds must equal ours.
"""

Weights = tuple[int, int, int, int]

OPS: Weights = (35, 25, 25, 15)

TABLE = """
    CREATE TABLE bench_snapshot (LIKE health_snapshot INCLUDING ALL);
    ALTER TABLE bench_snapshot ADD FOREIGN KEY (account_id) REFERENCES accounts_account DEFERRABLE INITIALLY DEFERRED,
        ADD FOREIGN KEY (version_id) REFERENCES health_scorecardversion DEFERRABLE INITIALLY DEFERRED;
"""

OBSERVED = """
usage AS (
    SELECT account_id, min(day) AS first_day,
        bit_count(bit_or(1 << (%(day)s::date - day))
            FILTER (WHERE day > %(day)s::date - 30 AND logins > 0)::bit(32)) AS days,
        sum(core_actions) FILTER (WHERE day > %(day)s::date - 30) AS core,
        sum(active_users) FILTER (WHERE day > %(day)s::date - 30) AS now,
        max(active_users) FILTER (WHERE day > %(day)s::date - 30) AS busiest,
        sum(active_users) FILTER (WHERE day <= %(day)s::date - 30) AS before
    FROM health_usageday WHERE day > %(day)s::date - 60 AND day <= %(day)s::date GROUP BY account_id
), users AS (
    SELECT account_id, count(DISTINCT user_key) AS users
    FROM unnest(%(months)s::date[], %(masks)s::integer[]) AS w (month, mask)
    JOIN health_usermonth m USING (month) WHERE m.days & w.mask <> 0 GROUP BY account_id
), features AS (
    SELECT account_id, count(DISTINCT feature_id) AS used
    FROM unnest(%(months)s::date[], %(masks)s::integer[]) AS w (month, mask)
    JOIN health_featuremonth m USING (month) WHERE m.days & w.mask <> 0 GROUP BY account_id
), contracts AS (
    SELECT c.account_id, min(c."end") - %(day)s::date AS days_left, sum(p.feature_count) AS features
    FROM accounts_contract c JOIN accounts_contractline l ON l.contract_id = c.id
    JOIN accounts_product p ON p.id = l.product_id
    WHERE c.status = 'active' AND c.start <= %(day)s::date AND c."end" > %(day)s::date GROUP BY c.account_id
), tickets AS (
    SELECT account_id, count(*) AS tickets FROM health_ticket
    WHERE opened_at >= %(d90)s AND opened_at < %(end)s GROUP BY account_id
), training AS (
    SELECT account_id, count(completed_on)::float / count(*) AS done FROM health_trainingrecord
    WHERE assigned_on <= %(day)s::date GROUP BY account_id
), touches AS (
    SELECT account_id, count(*) FILTER (WHERE attended)::float / NULLIF(count(attended), 0) AS attended,
        avg(CASE sentiment WHEN 'positive' THEN 1 WHEN 'neutral' THEN 0 WHEN 'negative' THEN -1 END) AS tone
    FROM accounts_touch WHERE archived_at IS NULL AND at >= %(d90)s AND at < %(end)s GROUP BY account_id
), events AS (
    SELECT account_id, bool_or(kind = 'attended' AND at >= %(d180)s) AS came FROM health_event
    WHERE kind IN ('attended', 'invited') AND at < %(end)s GROUP BY account_id
), invoices AS (
    SELECT account_id, count(*) FILTER (WHERE due_on > %(day)s::date - 365 AND due_on < LEAST(COALESCE(paid_on,
        %(day)s::date), %(day)s::date)) AS late
    FROM accounts_invoice WHERE status <> 'void' AND issued_on <= %(day)s::date GROUP BY account_id
), contacts AS (
    SELECT account_id, count(*) FILTER (WHERE left_on > %(day)s::date - 90 AND left_on <= %(day)s::date
        AND roles && '{champion,sponsor,decision_maker}') AS changes
    FROM accounts_contact WHERE archived_at IS NULL GROUP BY account_id
), alignment AS (
    SELECT DISTINCT ON (account_id) account_id, value FROM health_alignmentjudgement
    WHERE at < %(end)s ORDER BY account_id, at DESC, id DESC
), answers AS (
    SELECT account_id, avg(score) FILTER (WHERE kind = 'csat') AS csat, avg(score) FILTER (WHERE kind = 'nps') AS nps
    FROM health_surveyanswer WHERE at >= %(d180)s AND at < %(end)s GROUP BY account_id
), readings AS (
    SELECT a.id, COALESCE(u.days, 0)::float AS login_days,
        CASE WHEN f.used IS NOT NULL THEN LEAST(f.used::float / k.features, 1) END AS breadth,
        (u.core::float / NULLIF(COALESCE(m.users, u.busiest), 0))
            / avg(u.core::float / NULLIF(COALESCE(m.users, u.busiest), 0)) OVER (PARTITION BY a.segment_id) AS core,
        CASE WHEN NOT a.seasonal THEN u.now::float / NULLIF(u.before, 0) - 1 END AS change,
        COALESCE(t.tickets, 0)::float AS tickets, tr.done, touches.attended, e.came::int::float AS came,
        i.late::float AS late, CASE WHEN k.days_left <= 90 THEN 1 ELSE 0 END::float AS contract, c.changes::float,
        CASE al.value WHEN 'aligned' THEN 0 WHEN 'uncertain' THEN 1 ELSE 2 END::float AS alignment, an.csat::float,
        CASE WHEN an.nps >= 8.5 THEN 0 WHEN an.nps >= 6.5 THEN 1 WHEN an.nps IS NOT NULL THEN 2 END::float AS nps,
        CASE WHEN touches.tone >= 0.5 THEN 0 WHEN touches.tone <= -0.5 THEN 2 WHEN touches.tone IS NOT NULL THEN 1
            END::float AS sentiment
    FROM accounts_account a
    LEFT JOIN usage u ON u.account_id = a.id LEFT JOIN users m ON m.account_id = a.id
    LEFT JOIN features f ON f.account_id = a.id LEFT JOIN contracts k ON k.account_id = a.id
    LEFT JOIN tickets t ON t.account_id = a.id LEFT JOIN training tr ON tr.account_id = a.id
    LEFT JOIN touches ON touches.account_id = a.id LEFT JOIN events e ON e.account_id = a.id
    LEFT JOIN invoices i ON i.account_id = a.id LEFT JOIN contacts c ON c.account_id = a.id
    LEFT JOIN alignment al ON al.account_id = a.id LEFT JOIN answers an ON an.account_id = a.id
    WHERE a.archived_at IS NULL AND NOT a.is_trial AND a.churned_on IS NULL
)
"""
# What a snapshot holds of each account, in the order of its array.
READ = tuple(enumerate(
    ("login_days", "breadth", "core", "change", "tickets", "done", "attended", "came", "late", "contract", "changes",
     "alignment", "csat", "nps", "sentiment"),
    start=1,
))  # fmt: skip
SCORED = """
indicators AS (
    SELECT r.id, ARRAY[login_days, breadth, core, change, tickets, done, attended, came, late, contract, changes,
            alignment, csat, nps, sentiment]::real[] AS readings,
        CASE WHEN login_days >= 25 THEN 100 WHEN login_days >= 15 THEN 70 WHEN login_days IS NOT NULL THEN 30 END AS i1,
        CASE WHEN breadth >= 0.8 THEN 100 WHEN breadth >= 0.5 THEN 60 WHEN breadth IS NOT NULL THEN 20 END AS i2,
        CASE WHEN core >= 1.1 THEN 100 WHEN core >= 0.9 THEN 70 WHEN core IS NOT NULL THEN 30 END AS i3,
        CASE WHEN round(change::numeric, 6) > 0.05 THEN 110 WHEN round(change::numeric, 6) < -0.05 THEN 40
            WHEN change IS NOT NULL THEN 80 END AS i4,
        CASE WHEN tickets > 10 THEN 10 WHEN tickets >= 6 THEN 40 WHEN tickets >= 2 THEN 70 ELSE 100 END AS i5,
        CASE WHEN done >= 1 THEN 100 WHEN done >= 0.75 THEN 70 WHEN done >= 0.5 THEN 40
            WHEN done IS NOT NULL THEN 10 END AS i6,
        CASE WHEN attended >= 1 THEN 100 WHEN attended >= 0.75 THEN 70 WHEN attended IS NOT NULL THEN 30 END AS i7,
        CASE came WHEN 1 THEN 80 WHEN 0 THEN 40 END AS i8,
        CASE WHEN late >= 2 THEN 20 WHEN late >= 1 THEN 60 WHEN late IS NOT NULL THEN 100 END AS i9,
        CASE contract WHEN 0 THEN 100 WHEN 1 THEN 70 END AS i10,
        CASE WHEN changes >= 2 THEN 20 WHEN changes >= 1 THEN 60 WHEN changes IS NOT NULL THEN 100 END AS i11,
        CASE alignment WHEN 0 THEN 100 WHEN 1 THEN 50 WHEN 2 THEN 0 END AS i12,
        CASE WHEN csat >= 5 THEN 100 WHEN csat >= 4 THEN 70 WHEN csat >= 3 THEN 40
            WHEN csat IS NOT NULL THEN 10 END AS i13,
        CASE nps WHEN 0 THEN 100 WHEN 1 THEN 50 WHEN 2 THEN 10 END AS i14,
        CASE sentiment WHEN 0 THEN 100 WHEN 1 THEN 60 WHEN 2 THEN 20 END AS i15
    FROM readings r
), dimensions AS (
    SELECT id, readings, ARRAY[i1, i2, i3, i4, i5, i6, i7, i8, i9, i10, i11, i12, i13, i14, i15] AS scores,
        LEAST((SELECT avg(x) FROM unnest(ARRAY[i1, i2, i3, i4]) x), 100) AS d1,
        (SELECT avg(x) FROM unnest(ARRAY[i5, i6, i7, i8]) x) AS d2,
        (SELECT avg(x) FROM unnest(ARRAY[i9, i10, i11, i12]) x) AS d3,
        (SELECT avg(x) FROM unnest(ARRAY[i13, i14, i15]) x) AS d4,
        num_nonnulls(i1, i2, i3, i4) / 4.0 AS n1, num_nonnulls(i5, i6, i7, i8) / 4.0 AS n2,
        num_nonnulls(i9, i10, i11, i12) / 4.0 AS n3, num_nonnulls(i13, i14, i15) / 3.0 AS n4
    FROM indicators
)
"""


def _total(weights: Weights) -> str:
    """SQL for the mean of the dimensions that were observed."""
    given = " + ".join(f"COALESCE(d{place} * {weight}, 0)" for place, weight in enumerate(weights, 1))
    of = " + ".join(f"CASE WHEN d{place} IS NULL THEN 0 ELSE {weight} END" for place, weight in enumerate(weights, 1))
    return f"({given}) / ({of})"


def _confidence(weights: Weights) -> str:
    """SQL for the share of weight that was observed."""
    return "(" + " + ".join(f"n{place} * {weight / 100}" for place, weight in enumerate(weights, 1)) + ")"


def _rank(weights: Weights) -> str:
    """SQL for the tier, NULL where not enough was observed."""
    total = f"round({_total(weights)}, 9)"
    return f"""CASE WHEN {_confidence(weights)} < 0.5 THEN NULL WHEN {total} >= 80 THEN 1 WHEN {total} >= 60 THEN 2
        WHEN {total} >= 40 THEN 3 ELSE 4 END"""


NIGHT = f"""
WITH {OBSERVED}, {SCORED}, totals AS (
    SELECT *, {_total(OPS)} AS total, {_confidence(OPS)} AS confidence FROM dimensions
)
INSERT INTO bench_snapshot (account_id, day, version_id, score, rank, confidence, dimensions, readings, points)
SELECT id, %(day)s::date, (SELECT id FROM health_scorecardversion WHERE state = 'published'),
    CASE WHEN confidence >= 0.5 THEN round(total, 1) END,
    CASE WHEN confidence < 0.5 THEN NULL WHEN total >= 80 THEN 1 WHEN total >= 60 THEN 2
        WHEN total >= 40 THEN 3 ELSE 4 END,
    confidence, ARRAY[d1, d2, d3, d4]::real[], readings,
    ARRAY(SELECT (s * w / 100.0)::real FROM unnest(scores, ARRAY[8.75, 8.75, 8.75, 8.75, 6.25, 6.25, 6.25, 6.25, 6.25,
        6.25, 6.25, 6.25, 5, 5, 5]) AS p (s, w))
FROM totals
"""


def moves(weights: Weights) -> str:
    """The statement of a preview: from tier, to tier (NULL without a score), accounts and their ARR in hundredths, as
    the newest snapshots are scored by Ops and with other weights."""
    return f"""
WITH readings AS (
    SELECT a.id, {", ".join(f"round(s.readings[{place}]::numeric, 6)::float AS {name}" for place, name in READ)}
    FROM accounts_account a JOIN LATERAL (
        SELECT readings FROM health_snapshot WHERE account_id = a.id AND day <= %(day)s::date ORDER BY day DESC LIMIT 1
    ) s ON TRUE
    WHERE a.archived_at IS NULL AND NOT a.is_trial AND (a.churned_on IS NULL OR a.churned_on > %(day)s::date)
), {SCORED}
SELECT {_rank(OPS)}, {_rank(weights)}, count(*), sum(a.arr * 100)::bigint
FROM dimensions JOIN accounts_account a USING (id) GROUP BY 1, 2
"""
